import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SmtpSink, eventually } from '@postrider/testing';
import { aCrowd, aSegment, rulesFor, type Crowd } from './harness/audiences.js';
import { ingestCancel } from './harness/executions.js';
import { admin } from './harness/http.js';
import { aMarketingCampaign, callAudience, finishedRun, hold, mailAccount, mailsArrived, runOf } from './harness/runs.js';
import { verified } from './harness/verify.js';

const MEMBERS = 3_000;
/** Slow enough that every run is met in its middle. */
const RATE = 400;
const TIMEOUT_MS = 120_000;

describe('a run in its middle', () => {
  let sink: SmtpSink;
  let crowd: Crowd;
  let audienceId: string;

  beforeAll(async () => {
    crowd = await aCrowd(MEMBERS);
    audienceId = await aSegment(rulesFor(crowd));
  }, TIMEOUT_MS);

  beforeEach(async () => {
    sink = await SmtpSink.start();
  });

  afterEach(() => sink.stop());

  async function aRunInItsMiddle(): Promise<{ campaignId: string; executionId: string }> {
    const campaignId = await aMarketingCampaign({ smtpPort: sink.port, audienceId, sendRatePerSecond: RATE });
    const executionId = await callAudience({ campaignId });
    await mailsArrived(sink, MEMBERS / 10);
    return { campaignId, executionId };
  }

  it('is paused: nothing is sent meanwhile; resumed, everybody gets one mail', async () => {
    const { executionId } = await aRunInItsMiddle();

    await hold(executionId, 'pause');
    // What was in flight arrives, then nothing does for two seconds.
    const stoodStill = await standsStill();
    const paused = await runOf(executionId);
    await hold(executionId, 'resume');
    const run = await finishedRun(executionId, TIMEOUT_MS);

    expect(stoodStill).toBeLessThan(MEMBERS);
    expect(paused).toMatchObject({ status: 'InProgress', run: { state: 'Paused' } });
    expect(paused.totals.sent).toBeLessThan(MEMBERS);
    expect(run).toMatchObject({ status: 'Succeeded', totals: { targeted: MEMBERS, sent: MEMBERS, pending: 0 } });
    expect(mailAccount(sink, crowd.addresses)).toEqual({ missing: [], doubled: [], strangers: [] });
  }, TIMEOUT_MS);

  it('is cancelled: what was not sent counts as cancelled, exactly', async () => {
    const { executionId } = await aRunInItsMiddle();

    const answer = await ingestCancel(executionId);
    const { totals } = await finishedRun(executionId);

    expect(totals.targeted).toBe(MEMBERS);
    expect(totals.sent + totals.cancelled).toBe(MEMBERS);
    expect(totals.cancelled).toBeGreaterThan(0);
    expect(answer.cancelled + answer.gone).toBe(MEMBERS);
    await expectExactly(totals.sent);
  }, TIMEOUT_MS);

  it('ends with the stop of its campaign, within seconds and exactly', async () => {
    const { campaignId, executionId } = await aRunInItsMiddle();

    await admin('POST', `/campaigns/${campaignId}/stop`);
    const stoppedAt = performance.now();
    const { totals } = await finishedRun(executionId);
    const seconds = (performance.now() - stoppedAt) / 1_000;

    expect(totals.sent + totals.cancelled).toBe(MEMBERS);
    expect(totals.cancelled).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(15);
    await expectExactly(totals.sent);
  }, TIMEOUT_MS);

  it('is one with a repeat of its call by the same requestId', async () => {
    const campaignId = await aMarketingCampaign({ smtpPort: sink.port, audienceId });

    const first = await callAudience({ campaignId, requestId: 'twice' });
    const second = await callAudience({ campaignId, requestId: 'twice' });
    const run = await finishedRun(first, TIMEOUT_MS);

    expect(second).toBe(first);
    expect(run.totals).toMatchObject({ targeted: MEMBERS, sent: MEMBERS });
    expect(mailAccount(sink, crowd.addresses)).toEqual({ missing: [], doubled: [], strangers: [] });
  }, TIMEOUT_MS);

  it('leaves accounts that agree with each other, whatever became of it', async () => {
    expect(await verified()).toContain('every number adds up');
  });

  /** How many mails there are once two seconds have brought none. */
  async function standsStill(): Promise<number> {
    let since = performance.now();
    let count = sink.mails().length;
    return eventually(() => {
      if (sink.mails().length !== count) {
        count = sink.mails().length;
        since = performance.now();
      }
      if (performance.now() - since < 2_000) throw new Error('mails still arrive');
      return count;
    }, { timeoutMs: 30_000 });
  }

  /** The sink has as many mails as the totals say, no one has two, and no more follow. */
  async function expectExactly(sent: number): Promise<void> {
    expect(await standsStill()).toBe(sent);
    const { missing, doubled, strangers } = mailAccount(sink, crowd.addresses);
    expect({ missing: missing.length, doubled, strangers }).toEqual({ missing: MEMBERS - sent, doubled: [], strangers: [] });
  }
});
