import { describe, expect, it } from '@jest/globals';
import { AppError, DependencyUnavailable, Logger } from '@postrider/runtime';
import type { KafkaMessage } from 'kafkajs';
import type { HandlerOutcome } from './consumes.js';
import type { HandlerCall } from './call-report.js';
import type { Letter } from './dead-letter.js';
import type { Incoming } from './intake.js';
import { runHandler } from './run-handler.js';

class Refused extends AppError {
  constructor() {
    super({ code: 'REFUSED', kind: 'invalid', detail: 'bad' });
  }
}

const incoming = (count: number, invalid: readonly number[] = []): Incoming[] =>
  Array.from({ length: count }, (_, number) => ({
    record: {} as KafkaMessage,
    received: { topic: 't', partition: 0, offset: String(number), id: String(number), publishedAt: new Date(0) },
    payload: number,
    ...(invalid.includes(number) && { fault: 'no body' }),
  }));

interface Outcome {
  isDone: boolean;
  handled: number[];
  buried: [string, string][];
  calls: HandlerCall[];
}

interface Rig {
  handle?: (numbers: readonly number[]) => unknown;
  records?: Incoming[];
  stop?: AbortController;
  buryFailures?: number;
}

/** `handle` answers the error that the handler throws, if any. */
async function run({ handle = () => undefined, records = incoming(8), stop = new AbortController(), buryFailures = 0 }: Rig): Promise<Outcome> {
  const handled: number[] = [];
  const buried: [string, string][] = [];
  const calls: HandlerCall[] = [];
  const isDone = await runHandler(
    {
      handle: async ({ messages }): Promise<HandlerOutcome> => {
        const error = handle(messages as number[]);
        if (error !== undefined) return { ok: false, error };
        handled.push(...(messages as number[]));
        return { ok: true };
      },
      deadLetter: async (letters: readonly Letter[]) => {
        if (buryFailures-- > 0) throw new Error('no broker');
        buried.push(...letters.map(({ incoming: one, why }): [string, string] => [one.received.offset, why.code]));
      },
      report: (call) => calls.push(call),
      logger: Logger.create('spec', 'silent'),
      topic: 't',
    },
    records,
    stop.signal,
  );
  return { isDone, handled, buried, calls };
}

describe(runHandler.name, () => {
  it('hands over all at once', async () => {
    const { isDone, handled, calls } = await run({});

    expect({ isDone, handled }).toEqual({ isDone: true, handled: [0, 1, 2, 3, 4, 5, 6, 7] });
    expect(calls).toMatchObject([{ outcome: 'done', attempt: 1 }]);
  });

  it('tries again what is transient, and buries nothing', async () => {
    let failures = 2;

    const { isDone, buried, calls } = await run({ handle: () => (failures-- > 0 ? new DependencyUnavailable('postgres') : undefined) });

    expect({ isDone, buried }).toEqual({ isDone: true, buried: [] });
    expect(calls.map(({ outcome, attempt }) => [outcome, attempt])).toEqual([['waits', 1], ['waits', 2], ['done', 3]]);
  });

  it('buries only the records that are at fault, and handles the others once each, in order', async () => {
    const bad = new Map<number, unknown>([[2, new Refused()], [5, new TypeError('a bug')]]);

    const { isDone, handled, buried } = await run({ handle: (numbers) => numbers.map((number) => bad.get(number)).find((error) => error !== undefined) });

    expect({ isDone, handled }).toEqual({ isDone: true, handled: [0, 1, 3, 4, 6, 7] });
    expect(buried).toEqual([['2', 'REFUSED'], ['5', 'BUG']]);
  });

  it('buries invalid records without asking the handler', async () => {
    const { handled, buried } = await run({ records: incoming(3, [1]) });

    expect(handled).toEqual([0, 2]);
    expect(buried).toEqual([['1', 'INVALID_MESSAGE']]);
  });

  it('waits until a dead letter is on the log', async () => {
    const { isDone, buried } = await run({ records: incoming(1), handle: () => new Refused(), buryFailures: 2 });

    expect({ isDone, buried }).toEqual({ isDone: true, buried: [['0', 'REFUSED']] });
  });

  it('gives up, with nothing to commit, when the partitions are lost while it waits', async () => {
    const stop = new AbortController();

    const { isDone, handled } = await run({
      stop,
      handle: () => {
        stop.abort();
        return new DependencyUnavailable('postgres');
      },
    });

    expect({ isDone, handled }).toEqual({ isDone: false, handled: [] });
  });

  it('takes a thrown undefined for a bug', async () => {
    const { buried } = await run({ records: incoming(1), handle: () => null });

    expect(buried).toEqual([['0', 'BUG']]);
  });
});
