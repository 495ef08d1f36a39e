import { describe, expect, it, jest } from '@jest/globals';
import type { SmtpSink } from '@postrider/testing';
import { anExecution } from './builders.js';
import { arrivalsAt, ratedCampaign, serviceAndSink } from './rated-campaign.js';
import type { RunningService } from './running-service.js';

/** The share of the mails by which a rate is measured: what lags at the start, while thousands are taken in, is made up for. */
const [FROM, TO] = [0.4, 0.95];

// A machine that others keep too busy for the rate sets the pace itself: then it is measured again.
jest.retryTimes(2);

describe('a send rate is kept to 2 % by two processes together', () => {
  let service: RunningService;
  let sink: SmtpSink;

  serviceAndSink((started) => ({ service, sink } = started));

  /** New processes make machine code and connections at first, lag behind by that, and make up for it. */
  const warmUp = async (): Promise<void> => {
    const execution = anExecution(await ratedCampaign(service, sink, 2_000), 2_000, { lane: 'bulk' });
    await service.sendBulk(execution);
    await service.settled(execution.executionId, 60_000);
  };

  it.each([
    { rate: 100, seconds: 10 },
    { rate: 500, seconds: 10 },
  ])('$rate a second for $seconds s', async ({ rate, seconds }) => {
    for (let i = 0; i < 2; i += 1) service.spawn();
    await warmUp();
    const execution = anExecution(await ratedCampaign(service, sink, rate), rate * seconds, { lane: 'bulk' });
    await service.sendBulk(execution);

    const tally = await service.settled(execution.executionId, 60_000);
    const arrivals = arrivalsAt(sink, execution.ready);
    await service.endChildren();

    expect(tally).toMatchObject({ sent: rate * seconds, unknown: 0, pending: 0 });
    expect(arrivals.length).toBe(rate * seconds);
    const [first, last] = [Math.round(arrivals.length * FROM), Math.round(arrivals.length * TO)];
    const measured = ((last - first) * 1_000) / ((arrivals[last] ?? 0) - (arrivals[first] ?? 0));
    expect(measured / rate).toBeGreaterThan(0.98);
    expect(measured / rate).toBeLessThan(1.02);
  }, 90_000);
});
