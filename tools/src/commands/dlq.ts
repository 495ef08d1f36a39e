import { parseArgs } from 'node:util';
import { dlqCommand } from '@postrider/kafka';
import { Logger } from '@postrider/runtime';
import type { Command } from '../command.js';
import { stackFolder } from '../root.js';
import { readStackFile } from '../stack/stack-file.js';

export const dlq: Command = {
  summary: 'dead letters: list, show, replay',
  help: '',
  async run(args) {
    const { dir, rest } = split(args);
    const asksForHelp = rest.length === 0 || rest.includes('--help');
    const brokers = process.env.KAFKA_BROKERS?.split(',') ?? readStackFile(stackFolder(dir))?.kafkaBrokers;
    if (!brokers && !asksForHelp) throw new Error('No stack runs here. Start one with npm run up, or name brokers in KAFKA_BROKERS.');
    const options = { brokers: brokers ?? [], clientId: 'dlq', topicPrefix: process.env.KAFKA_TOPIC_PREFIX ?? '' };
    return dlqCommand(rest, options, { print: (line) => console.log(line), logger: Logger.create('dlq', 'error') });
  },
};

/** `--dir FOLDER` is ours; the rest is the command's own. */
function split(args: string[]): { dir: string | undefined; rest: string[] } {
  const { values, tokens } = parseArgs({ args, strict: false, tokens: true, options: { dir: { type: 'string' } } });
  const index = tokens.find((token) => token.kind === 'option' && token.name === 'dir')?.index;
  return { dir: values.dir as string | undefined, rest: index === undefined ? args : args.toSpliced(index, 2) };
}
