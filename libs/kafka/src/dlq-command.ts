/** `npm run dlq`: what an operator does with dead letters. */
import { parseArgs } from 'node:util';
import { Metrics, type Logger } from '@postrider/runtime';
import { KafkaConnection, type ConnectionOptions } from './connection.js';
import { listDeadLetterTopics, readDeadLetters, replayDeadLetters, type DeadLetterRange } from './dead-letter-log.js';
import { MessagePublisher } from './publisher.js';

export const DLQ_HELP = `npm run dlq -- list
npm run dlq -- show TOPIC [--limit N] [--from OFFSET] [--to OFFSET] [--json]
npm run dlq -- replay TOPIC [--from OFFSET] [--to OFFSET]

list      the dead-letter topics and how many letters each holds
show      letters with their code, reason and source; 20 unless --limit says otherwise
replay    sends letters back to where they came from, with the bytes and headers they had; the letters stay.
          Mend the cause first: a letter that still cannot be handled comes back as a new one.

Offsets are inclusive. Ends with 0, 1 on a failure, 2 when the words are off.`;

const DEFAULT_LIMIT = 20;
const SEND_DEADLINE_MS = 10_000;

export interface DlqOutput {
  print: (line: string) => void;
  logger: Logger;
}

interface DlqOptions {
  topic: string | undefined;
  range: DeadLetterRange;
  json: boolean;
}

/** Carries out one call; answers its exit code. @throws when the broker does not answer or the topic does not exist */
export async function dlqCommand(argv: readonly string[], connectionOptions: ConnectionOptions, output: DlqOutput): Promise<number> {
  const [action, ...rest] = argv;
  if (action === undefined || argv.includes('--help')) return say(output.print, DLQ_HELP, action === undefined ? 2 : 0);
  const options = readOptions(rest);
  if (typeof options === 'string') return say(output.print, `${options}\n\n${DLQ_HELP}`, 2);
  const connection = new KafkaConnection(connectionOptions, output.logger);
  if (action === 'list') return list(connection, output.print);
  if (action !== 'show' && action !== 'replay') return say(output.print, `There is no "${action}".\n\n${DLQ_HELP}`, 2);
  if (options.topic === undefined) return say(output.print, 'Which topic? npm run dlq -- list shows them.', 2);
  return action === 'show' ? show(connection, options, output.print) : replay(connection, options, output);
}

function say(print: (line: string) => void, text: string, code: number): number {
  print(text);
  return code;
}

/** A text says what is wrong. */
function readOptions(args: string[]): DlqOptions | string {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { limit: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' }, json: { type: 'boolean', default: false }, help: { type: 'boolean' } },
    });
    const numbers = Object.entries({ limit: values.limit, from: values.from, to: values.to });
    const wrong = numbers.find(([, text]) => text !== undefined && !/^\d+$/.test(text));
    if (wrong) return `--${wrong[0]} takes a whole number, not "${wrong[1]}".`;
    const range: DeadLetterRange = {
      ...(values.limit !== undefined && { limit: Number(values.limit) }),
      ...(values.from !== undefined && { from: BigInt(values.from) }),
      ...(values.to !== undefined && { to: BigInt(values.to) }),
    };
    return { topic: positionals[0], range, json: values.json };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function list(connection: KafkaConnection, print: (line: string) => void): Promise<number> {
  const topics = await listDeadLetterTopics(connection);
  if (topics.length === 0) print('No dead-letter topics exist.');
  for (const { topic, letters } of topics) print(`${String(letters).padStart(8)}  ${topic}`);
  return 0;
}

async function show(connection: KafkaConnection, { topic = '', range, json }: DlqOptions, print: (line: string) => void): Promise<number> {
  const letters = await readDeadLetters(connection, topic, { limit: DEFAULT_LIMIT, ...range });
  if (letters.length === 0 && !json) print('No letters there.');
  for (const { message: _message, ...letter } of letters) {
    if (json) print(JSON.stringify(letter));
    else print(`offset ${letter.offset}  ${letter.at}  ${letter.code}: ${letter.reason}\n  from ${letter.sourceTopic}, key ${letter.key ?? '–'}\n  ${letter.value ?? '(no body)'}`);
  }
  return 0;
}

async function replay(connection: KafkaConnection, { topic = '', range }: DlqOptions, { print, logger }: DlqOutput): Promise<number> {
  const letters = await readDeadLetters(connection, topic, range);
  const publisher = new MessagePublisher(connection, { compression: 'none', sendDeadlineMs: SEND_DEADLINE_MS }, logger, new Metrics('dlq'));
  try {
    print(`${await replayDeadLetters(publisher, letters)} of ${letters.length} letters sent back to where they came from.`);
    return 0;
  } finally {
    await publisher.close();
  }
}
