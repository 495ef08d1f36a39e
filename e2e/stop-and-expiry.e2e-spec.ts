import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SmtpSink, eventually } from '@postrider/testing';
import { callOf, finished, ingestCancel, recipientsOf, trigger } from './harness/executions.js';
import { admin } from './harness/http.js';
import { sendLoad, totalsOf } from './harness/load.js';
import { aCampaign, anAddress } from './harness/setup.js';

const TIMEOUT_MS = 180_000;

describe('stop, cancel and expiry', () => {
  let sink: SmtpSink;

  beforeAll(async () => {
    sink = await SmtpSink.start();
  });

  afterAll(() => sink.stop());

  it('a stop ends a run within seconds: what was not sent is cancelled, and the numbers are exact', async () => {
    sink.behaviour = { delayMs: 50 };
    const campaignId = await aCampaign({ smtpPort: sink.port });
    const load = await sendLoad(campaignId, 'stop', 1_000);
    await eventually(() => expect(sink.mails().length).toBeGreaterThan(50), { timeoutMs: 60_000 });

    await admin('POST', `/campaigns/${campaignId}/stop`);
    const stoppedAt = performance.now();
    const totals = await totalsOf(load);
    const seconds = (performance.now() - stoppedAt) / 1_000;
    sink.behaviour = {};

    expect(totals.sent + totals.cancelled).toBe(1_000);
    expect(totals.cancelled).toBeGreaterThan(0);
    expect(sink.mails().length).toBe(totals.sent);
    expect(seconds).toBeLessThan(15);
  }, TIMEOUT_MS);

  it('a cancelled execution says how many were cancelled and how many had gone', async () => {
    await sink.pause();
    const campaignId = await aCampaign({ smtpPort: sink.port });
    const users = [anAddress(), anAddress(), anAddress()];
    const accepted = await trigger(callOf(campaignId, 'cancel', users));

    const answer = await ingestCancel(accepted.executionId);
    await sink.resume();
    const { totals } = await finished(accepted.executionId);

    expect(answer).toEqual({ cancelled: 3, gone: 0 });
    expect(totals).toMatchObject({ targeted: 3, cancelled: 3, sent: 0 });
    expect(users.flatMap((user) => sink.mailsTo(user))).toEqual([]);
  }, TIMEOUT_MS);

  it('a message that is too late is expired and never sent', async () => {
    await sink.pause();
    const campaignId = await aCampaign({ smtpPort: sink.port });
    const user = anAddress();
    const accepted = await trigger({ ...callOf(campaignId, 'late', [user]), expiresAt: new Date(Date.now() + 3_000).toISOString() });

    const { totals } = await finished(accepted.executionId);
    await sink.resume();

    expect(totals).toMatchObject({ targeted: 1, expired: 1 });
    expect((await recipientsOf(accepted.executionId))[0]).toMatchObject({ state: 'expired' });
    expect(sink.mailsTo(user)).toEqual([]);
  }, TIMEOUT_MS);
});
