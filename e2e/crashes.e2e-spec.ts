import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SmtpSink, eventually } from '@postrider/testing';
import { account } from './harness/accounts.js';
import { sendLoad, totalsOf, unknownOf } from './harness/load.js';
import { aCampaign } from './harness/setup.js';
import { crash, everythingReady } from './harness/stack.js';

const RECIPIENTS = 2_000;
/** Sends that a dispatcher may have in flight when it dies: what is `unknown` afterwards is at most that. */
const MOST_IN_FLIGHT = 512;
const TIMEOUT_MS = 240_000;

describe('kill -9 in the middle of 2,000 recipients', () => {
  let sink: SmtpSink;
  let campaignId: string;

  beforeAll(async () => {
    sink = await SmtpSink.start();
    campaignId = await aCampaign({ smtpPort: sink.port });
  });

  afterAll(() => sink.stop());

  it.each(['ingest-api', 'audience-resolver', 'profile-creator', 'dispatcher', 'webhook-notifier'])(
    'of %s: none lost, none doubled, every number adds up',
    async (service) => {
      const before = sink.mails().length;
      const loading = sendLoad(campaignId, `crash-${service}`, RECIPIENTS);
      await eventually(() => {
        if (sink.mails().length - before < RECIPIENTS / 10) throw new Error('the run has not begun');
      }, { timeoutMs: 60_000, intervalMs: 5 });

      await crash(service);
      const load = await loading;
      await everythingReady();
      const totals = await totalsOf(load);

      const unknown = await unknownOf(load);
      const { lost, doubled } = account(load.messageIds, sink.mails(), unknown);
      expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
      expect(totals).toMatchObject({ targeted: RECIPIENTS, sent: RECIPIENTS - unknown.size, unknown: unknown.size, pending: 0 });
      expect(unknown.size).toBeLessThanOrEqual(service === 'dispatcher' ? MOST_IN_FLIGHT : 0);
    },
    TIMEOUT_MS,
  );
});
