import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SmtpSink } from '@postrider/testing';
import { aCrowd, aSegment, rulesFor, type Crowd } from './harness/audiences.js';
import { callOf, finished, trigger } from './harness/executions.js';
import { aMarketingCampaign, callAudience, finishedRun, mailAccount, mailsArrived, runOf } from './harness/runs.js';
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

  it('transactional mail first: it arrives at once while thousands wait', async () => {
    const orders = await SmtpSink.start();
    const transactional = await aCampaign({ smtpPort: orders.port });
    const campaignId = await aMarketingCampaign({ smtpPort: sink.port, audienceId: await aSegment(rulesFor(crowd)) });
    const executionId = await callAudience({ campaignId });
    await mailsArrived(sink, MEMBERS / 20);

    const waits: number[] = [];
    for (let call = 0; call < 10; call += 1) {
      const address = anAddress('first');
      const calledAt = Date.now();
      const accepted = await trigger(callOf(transactional, `first-${call}`, [address]));
      await finished(accepted.executionId);
      waits.push((orders.mailsTo(address)[0]?.receivedAt.getTime() ?? Infinity) - calledAt);
    }
    const meanwhile = await runOf(executionId);
    const run = await finishedRun(executionId, TIMEOUT_MS);

    expect(meanwhile.totals.pending).toBeGreaterThan(0);
    expect(Math.max(...waits)).toBeLessThan(1_500);
    expect(run.totals).toMatchObject({ targeted: MEMBERS, sent: MEMBERS });
    await orders.stop();
  }, TIMEOUT_MS);
});
