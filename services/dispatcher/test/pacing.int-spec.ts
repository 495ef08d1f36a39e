import { describe, expect, it } from '@jest/globals';
import { eventually, type SmtpSink } from '@postrider/testing';
import { anExecution, type Campaign } from './builders.js';
import { arrivalsAt, ratedCampaign, serviceAndSink, type Execution } from './rated-campaign.js';
import type { RunningService } from './running-service.js';

describe('the send rate of a campaign', () => {
  let service: RunningService;
  let sink: SmtpSink;

  serviceAndSink((started) => ({ service, sink } = started));

  const aRatedCampaign = (sendRatePerSecond: number): Promise<Campaign> => ratedCampaign(service, sink, sendRatePerSecond);
  const arrivalsOf = ({ ready }: Execution): number[] => arrivalsAt(sink, ready);

  it('is one for all executions of a campaign, and of no other', async () => {
    await service.start();
    const campaign = await aRatedCampaign(20);
    const [first, second] = [anExecution(campaign, 30), anExecution(campaign, 30)];
    const other = anExecution(await aRatedCampaign(1_000), 100);

    await Promise.all([service.send(first), service.send(second), service.send(other)]);
    const startedAt = Date.now();
    await service.settled(other.executionId);
    const otherMs = Date.now() - startedAt;
    await Promise.all([service.settled(first.executionId), service.settled(second.executionId)]);

    expect(otherMs).toBeLessThan(2_000);
    expect(Date.now() - startedAt).toBeGreaterThan(2_500);
  }, 60_000);

  it('excludes what has had no turn within the sending window, and says why', async () => {
    await service.start({ SENDING_WINDOW_MS: '3000' });
    const execution = anExecution(await aRatedCampaign(20), 200);

    await service.send(execution);
    const tally = await service.settled(execution.executionId, 30_000);

    expect(tally.sent + tally.excluded).toBe(200);
    expect(tally.sent).toBeGreaterThan(20);
    expect(tally.sent).toBeLessThan(64);
    await eventually(() => {
      const codes = service.statuses(execution.executionId).filter(({ state }) => state === 'excluded').map(({ code, campaignKind }) => `${code} ${campaignKind}`);
      expect([codes.length, ...new Set(codes)]).toEqual([tally.excluded, 'SENDING_WINDOW_OVER marketing']);
    });
  }, 60_000);

  it('goes on after a restart, with no burst and nothing twice', async () => {
    await service.start();
    const execution = anExecution(await aRatedCampaign(50), 200);
    await service.send(execution);
    await eventually(() => expect(arrivalsOf(execution).length).toBeGreaterThan(20));
    await service.endAll();
    const before = arrivalsOf(execution).length;

    await service.start();
    const restartedAt = Date.now();
    const tally = await service.settled(execution.executionId, 40_000);

    expect(tally).toMatchObject({ sent: 200, unknown: 0 });
    expect(arrivalsOf(execution).length).toBe(200);
    expect(Date.now() - restartedAt).toBeGreaterThan(((200 - before) / 50) * 1_000 * 0.85);
  }, 60_000);

  it('loses nothing and doubles nothing when one of two processes is killed in the middle', async () => {
    const execution = anExecution(await aRatedCampaign(60), 240, { lane: 'bulk' });
    const [victim] = [service.spawn(), service.spawn()];
    await service.sendBulk(execution);
    await eventually(() => expect(arrivalsOf(execution).length).toBeGreaterThan(40), { timeoutMs: 30_000 });

    victim.kill('SIGKILL');
    const tally = await service.settled(execution.executionId, 60_000);
    await service.endChildren();

    expect(tally.sent + tally.unknown).toBe(240);
    // What one process has in hand, where it lags: MOST_SECONDS of its rate.
    expect(tally.unknown).toBeLessThanOrEqual(90);
    expect(arrivalsOf(execution).length).toBeGreaterThanOrEqual(tally.sent);
    for (const { address } of execution.ready) expect(sink.mailsTo(address).length).toBeLessThanOrEqual(1);
  }, 120_000);

  it('is kept by each process for itself while Redis is away', async () => {
    await service.start({ REDIS_URL: 'redis://127.0.0.1:1' });
    // A process that has just begun is late with its first mails, and what is late goes at once.
    const earlier = anExecution(await aRatedCampaign(40), 20);
    await service.send(earlier);
    await service.settled(earlier.executionId, 30_000);
    const execution = anExecution(await aRatedCampaign(40), 80);

    await service.send(execution);
    await service.settled(execution.executionId, 30_000);

    const last = arrivalsOf(execution).at(-1) ?? 0;
    expect(last).toBeGreaterThan(1_800);
    expect(last).toBeLessThan(4_000);
  }, 60_000);
});
