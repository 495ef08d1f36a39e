import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SmtpSink } from '@postrider/testing';
import { aCrowd, aSegment, rulesFor, type Crowd } from './harness/audiences.js';
import { callOf, finished, trigger } from './harness/executions.js';
import { aMarketingCampaign, callAudience, excludedOf, finishedRun, mailAccount, mailsArrived } from './harness/runs.js';
import { secondProcessOf, type SecondProcess } from './harness/second-process.js';
import { aCampaign, anAddress } from './harness/setup.js';

const MEMBERS = 6_000;
/** Of them, how many a campaign with a rate goes to. */
const PACED = 2_000;
const RATE = 100;
/** The share of the mails by which the rate is measured: start and end, where few are in flight, are left out. */
const [FROM, TO] = [0.1, 0.9];
const TIMEOUT_MS = 120_000;

describe('what else a run must keep to', () => {
  let sink: SmtpSink;
  let crowd: Crowd;

  beforeAll(async () => {
    crowd = await aCrowd(MEMBERS);
  }, TIMEOUT_MS);

  beforeEach(async () => {
    sink = await SmtpSink.start();
  });

  afterEach(() => sink.stop());

  describe('the send rate of its campaign', () => {
    let second: SecondProcess;

    beforeAll(async () => {
      second = await secondProcessOf('dispatcher');
    }, TIMEOUT_MS);

    // Its partitions go back to the first before the next test.
    afterEach(() => second.stop());

    it('within 2 % over two dispatchers', async () => {
      const audienceId = await aSegment(rulesFor(crowd, { field: 'attributes.place', operator: '<', value: PACED }));
      const campaignId = await aMarketingCampaign({ smtpPort: sink.port, audienceId, sendRatePerSecond: RATE });

      const run = await finishedRun(await callAudience({ campaignId }), TIMEOUT_MS);

      expect(run.totals).toMatchObject({ targeted: PACED, sent: PACED });
      const times = sink.mails().map(({ receivedAt }) => receivedAt.getTime()).sort((a, b) => a - b);
      const [first, last] = [Math.round(PACED * FROM), Math.round(PACED * TO)];
      const rate = (last - first) / (((times[last] ?? 0) - (times[first] ?? 0)) / 1_000);
      expect(rate / RATE).toBeGreaterThan(0.98);
      expect(rate / RATE).toBeLessThan(1.02);
      expect(mailAccount(sink, crowd.addresses.slice(0, PACED))).toEqual({ missing: [], doubled: [], strangers: [] });
    }, TIMEOUT_MS);
  });

  describe('the window in which a run must be sent', () => {
    const WINDOW_MS = 4_000;
    let second: SecondProcess;

    beforeAll(async () => {
      second = await secondProcessOf('dispatcher', { SENDING_WINDOW_MS: String(WINDOW_MS) });
    }, TIMEOUT_MS);

    afterAll(() => second.stop());

    it('leaves out whom its rate has not reached when it is over, by name and in the totals', async () => {
      const members = 300;
      const audienceId = await aSegment(rulesFor(crowd, { field: 'attributes.place', operator: '<', value: members }));
      const campaignId = await aMarketingCampaign({ smtpPort: sink.port, audienceId, sendRatePerSecond: 20 });

      const run = await finishedRun(await callAudience({ campaignId }), TIMEOUT_MS);

      const excluded = await excludedOf(run.executionId);
      const { sent, excluded: left } = run.totals;
      expect(run.totals).toMatchObject({ targeted: members, sent: members - left, pending: 0 });
      // Of the second process's share alone: the first has twelve hours.
      expect(left).toBeGreaterThan(0);
      expect(new Set(excluded.map(({ code }) => code))).toEqual(new Set(['SENDING_WINDOW_OVER']));
      const { missing, doubled, strangers } = mailAccount(sink, crowd.addresses.slice(0, members));
      expect([missing.length, doubled, strangers, sink.mails().length]).toEqual([left, [], [], sent]);
    }, TIMEOUT_MS);
  });

  describe('the order of lanes', () => {
    let orders: SmtpSink;

    beforeEach(async () => {
      orders = await SmtpSink.start();
    });

    afterEach(() => orders.stop());

    it('lets transactional mail overtake the thousands that wait', async () => {
      const transactional = await aCampaign({ smtpPort: orders.port });
      const campaignId = await aMarketingCampaign({ smtpPort: sink.port, audienceId: await aSegment(rulesFor(crowd)) });
      const executionId = await callAudience({ campaignId });
      await mailsArrived(sink, MEMBERS / 20);

      const overtaken: number[] = [];
      for (let call = 0; call < 3; call += 1) {
        const address = anAddress('first');
        const accepted = await trigger(callOf(transactional, `first-${call}`, [address]));
        await finished(accepted.executionId);
        const arrivedAt = orders.mailsTo(address)[0]?.receivedAt.getTime() ?? Infinity;
        overtaken.push(MEMBERS - sink.mails().filter(({ receivedAt }) => receivedAt.getTime() <= arrivedAt).length);
      }
      const run = await finishedRun(executionId, TIMEOUT_MS);

      // Without lanes each would have come behind all of them.
      expect(Math.min(...overtaken)).toBeGreaterThan(MEMBERS / 10);
      expect(run.totals).toMatchObject({ targeted: MEMBERS, sent: MEMBERS });
    }, TIMEOUT_MS);
  });
});
