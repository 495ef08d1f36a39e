import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SmtpSink, eventually } from '@postrider/testing';
import { aCampaign, anExecution, type Campaign } from './builders.js';
import { RunningService } from './running-service.js';

const CONNECTIONS = 20;
/** The share of the mails by which a rate is measured: what lags at the start, while thousands are taken in, is made up for. */
const [FROM, TO] = [0.4, 0.95];

describe('the send rate of a campaign', () => {
  let service: RunningService;
  let sink: SmtpSink;

  beforeAll(async () => {
    service = await RunningService.prepare(4);
    sink = await SmtpSink.start();
  });

  afterEach(() => service.endAll());

  afterAll(async () => {
    await service.drop();
    await sink.stop();
  });

  const aRatedCampaign = async (sendRatePerSecond: number, more: Parameters<typeof aCampaign>[1] = {}): Promise<Campaign> => {
    const campaign = aCampaign(sink.port, { sendRatePerSecond, ...more });
    campaign.campaign.campaignKind = 'marketing';
    campaign.channel.email.provider.maxConnections = CONNECTIONS;
    await service.configure(campaign);
    return campaign;
  };
  /** New processes make machine code and connections at first, lag behind by that, and make up for it. */
  const warmUp = async (): Promise<void> => {
    const execution = anExecution(await aRatedCampaign(2_000), 2_000, { lane: 'bulk' });
    await service.sendBulk(execution);
    await service.settled(execution.executionId, 60_000);
  };
  /** When each mail of the execution came, in milliseconds since the first. */
  const arrivalsOf = ({ ready }: ReturnType<typeof anExecution>): number[] => {
    const addresses = new Set(ready.map(({ address }) => address));
    const times = sink.mails().filter(({ to }) => addresses.has(to[0] ?? '')).map(({ receivedAt }) => receivedAt.getTime()).sort((a, b) => a - b);
    return times.map((time) => time - (times[0] ?? 0));
  };

  it.each([
    { rate: 100, seconds: 10 },
    { rate: 500, seconds: 10 },
  ])('is kept to 2 % by two processes together: $rate a second for $seconds s', async ({ rate, seconds }) => {
    for (let i = 0; i < 2; i += 1) service.spawn();
    await warmUp();
    const execution = anExecution(await aRatedCampaign(rate), rate * seconds, { lane: 'bulk' });
    await service.sendBulk(execution);

    const tally = await service.settled(execution.executionId, 60_000);
    const arrivals = arrivalsOf(execution);
    await service.endChildren();

    expect(tally).toMatchObject({ sent: rate * seconds, unknown: 0, pending: 0 });
    expect(arrivals.length).toBe(rate * seconds);
    const [first, last] = [Math.round(arrivals.length * FROM), Math.round(arrivals.length * TO)];
    const measured = ((last - first) * 1_000) / ((arrivals[last] ?? 0) - (arrivals[first] ?? 0));
    expect(measured / rate).toBeGreaterThan(0.98);
    expect(measured / rate).toBeLessThan(1.02);
  }, 90_000);

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
    // What one process has in hand: the slots of a second ahead, and of a second that it may lag behind.
    expect(tally.unknown).toBeLessThanOrEqual(120);
    expect(arrivalsOf(execution).length).toBeGreaterThanOrEqual(tally.sent);
    for (const { address } of execution.ready) expect(sink.mailsTo(address).length).toBeLessThanOrEqual(1);
  }, 120_000);

  it('is kept by each process for itself while Redis is away', async () => {
    await service.start({ REDIS_URL: 'redis://127.0.0.1:1' });
    const execution = anExecution(await aRatedCampaign(40), 80);

    await service.send(execution);
    await service.settled(execution.executionId, 30_000);

    const last = arrivalsOf(execution).at(-1) ?? 0;
    expect(last).toBeGreaterThan(1_800);
    expect(last).toBeLessThan(4_000);
  }, 60_000);
});
