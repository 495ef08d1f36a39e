import type { BenchCommand } from './command.js';
import { audience } from './audience/audience-bench.js';
import { dispatcher } from './dispatcher/dispatcher-bench.js';
import { ingest } from './ingest/ingest-bench.js';
import { UsageError } from './options.js';
import { pipeline } from './pipeline.js';

const COMMANDS: Readonly<Record<string, BenchCommand>> = { ingest, dispatcher, audience };
const LIST = Object.entries(COMMANDS).map(([name, { summary }]) => `  npm run bench -- ${name.padEnd(12)} ${summary}`).join('\n');

const [name = '', ...rest] = process.argv.slice(2);
const named = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
const command = named ?? pipeline;
const help = named ? command.help : `${command.help}\nFigures of parts, each with --help of its own:\n${LIST}\n`;
const args = named ? rest : process.argv.slice(2);

if (args.includes('--help')) console.log(help);
else {
  try {
    process.exitCode = await command.run(args);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}${error instanceof UsageError ? '\n\n' + help : ''}`);
    process.exitCode = 1;
  }
}
