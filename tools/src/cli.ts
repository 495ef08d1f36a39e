/** Every command of the checkout, by name. Started by `bootstrap.mjs`. */
import 'reflect-metadata';
import { UsageError, type Command } from './command.js';
import { bench } from './commands/bench.js';
import { demo } from './commands/demo.js';
import { dlq } from './commands/dlq.js';
import { down } from './commands/down.js';
import { migrate } from './commands/migrate.js';
import { start } from './commands/start.js';
import { test } from './commands/test.js';
import { topics } from './commands/topics.js';
import { up } from './commands/up.js';
import { verify } from './commands/verify.js';
import { nearest } from './nearest.js';

const COMMANDS: Readonly<Record<string, Command>> = { start, up, down, demo, verify, dlq, bench, test, migrate, topics };

function listOfCommands(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  npm run ${name.padEnd(8)} ${summary}`);
  return `${lines.join('\n')}\n\nEach takes --help, after two dashes: npm run up -- --help`;
}

async function main([name = 'help', ...args]: string[]): Promise<number> {
  if (name === 'help' || name === '--help') {
    console.log(listOfCommands());
    return 0;
  }
  const command = COMMANDS[name];
  if (!command) {
    const guess = nearest(name, Object.keys(COMMANDS));
    console.error(`There is no command "${name}".${guess ? ` Did you mean "${guess}"?` : ''}\n\n${listOfCommands()}`);
    return 2;
  }
  if (args.includes('--help') && command.help) {
    console.log(command.help);
    return 0;
  }
  return attempt(command, args);
}

async function attempt(command: Command, args: string[]): Promise<number> {
  try {
    return await command.run(args);
  } catch (error) {
    console.error(textOf(error));
    if (error instanceof UsageError) console.error(`\n${command.help}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** With what lies behind it. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}\n  ${error.cause.message}` : error.message;
}

process.exit(await main(process.argv.slice(2)));
