import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SmtpSink, eventually } from '@postrider/testing';
import { account } from './harness/accounts.js';
import { sendLoad, totalsOf, unknownOf } from './harness/load.js';
import { aCampaign } from './harness/setup.js';
import { crash, everythingReady, stack } from './harness/stack.js';

const RECIPIENTS = 1_000;
const TIMEOUT_MS = 300_000;

/** One command to the stack's Redis, outside of every client of ours. */
async function redis(command: string): Promise<void> {
  const { hostname, port } = new URL(stack().redisUrl);
  await new Promise<void>((done, fail) => {
    const socket = connect(Number(port), hostname, () => socket.write(`${command}\r\n`));
    socket.once('data', () => {
      socket.destroy();
      done();
    });
    socket.once('error', fail);
  });
}

describe('a store that dies in the middle of a run', () => {
  let sink: SmtpSink;
  let campaignId: string;

  beforeAll(async () => {
    sink = await SmtpSink.start();
    campaignId = await aCampaign({ smtpPort: sink.port });
  });

  afterAll(() => sink.stop());

  const faults: [string, () => Promise<void>][] = [
    ['Redis flushed', () => redis('FLUSHALL')],
    ['Redis killed and started empty', () => crash('redis')],
    ['Postgres killed', () => crash('postgres')],
    ['Kafka killed', () => crash('kafka')],
  ];

  it.each(faults)(
    '%s: none lost, none doubled, every number adds up',
    async (name, fault) => {
      const before = sink.mails().length;
      const loading = sendLoad(campaignId, name.replaceAll(' ', '-'), RECIPIENTS);
      await eventually(() => {
        if (sink.mails().length - before < RECIPIENTS / 10) throw new Error('the run has not begun');
      }, { timeoutMs: 60_000, intervalMs: 5 });

      await fault();
      const load = await loading;
      await everythingReady();
      const totals = await totalsOf(load);

      const { lost, doubled } = account(load.messageIds, sink.mails(), await unknownOf(load));
      expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
      expect(totals.targeted).toBe(RECIPIENTS);
      expect(totals.sent + totals.unknown).toBe(RECIPIENTS);
    },
    TIMEOUT_MS,
  );
});
