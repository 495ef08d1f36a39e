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
    const { values, tokens } = parseArgs({ args, strict: false, tokens: true, options: { dir: { type: 'string' } } });
    const dirIndex = tokens.find((token) => token.kind === 'option' && token.name === 'dir')?.index;
    const rest = dirIndex === undefined ? args : args.toSpliced(dirIndex, 2);
    const brokers = process.env.KAFKA_BROKERS?.split(',') ?? readStackFile(stackFolder(values.dir as string | undefined))?.kafkaBrokers;
    const asksForHelp = rest.length === 0 || rest.includes('--help');
    if (!brokers && !asksForHelp) throw new Error('No stack runs here. Start one with npm run up, or name brokers in KAFKA_BROKERS.');
    const options = { brokers: brokers ?? [], clientId: 'dlq', topicPrefix: process.env.KAFKA_TOPIC_PREFIX ?? '' };
    return dlqCommand(rest, options, { print: (line) => console.log(line), logger: Logger.create('dlq', 'error') });
  },
};
