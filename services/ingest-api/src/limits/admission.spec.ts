import { describe, expect, it } from '@jest/globals';
import type { MessagePublisher } from '@postrider/kafka';
import { AppError, Metrics } from '@postrider/runtime';
import { Admission } from './admission.js';

const LIMITS = { ratePerSecond: 1, maxCallsInFlight: 2, maxPublisherBacklog: 10 };

function admissionWith(backlog = { messages: 0, oldestMs: 0 }) {
  const metrics = new Metrics('spec');
  return { admission: new Admission({ backlog: () => backlog } as unknown as MessagePublisher, LIMITS, metrics), metrics };
}

/** Work that lasts until it is told to end. */
function heldWork() {
  let end = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work: () => held, end };
}

const refusalOf = (call: Promise<unknown>): Promise<unknown> => call.then(() => 'admitted', (error: unknown) => error);

describe(Admission.name, () => {
  it('answers what the work answers, and throws what it throws', async () => {
    const { admission } = admissionWith();

    expect(await admission.admit(async () => 7)).toBe(7);
    await expect(admission.admit(() => Promise.reject(new Error('spec')))).rejects.toThrow('spec');
  });

  it('refuses the call beyond the last place with 503 and when to come back, without beginning it', async () => {
    const { admission } = admissionWith();
    const held = heldWork();
    const inside = Promise.all([admission.admit(held.work), admission.admit(held.work)]);
    let hasBegun = false;

    const refused = await refusalOf(admission.admit(async () => (hasBegun = true)));
    held.end();
    await inside;

    expect(refused).toBeInstanceOf(AppError);
    expect(refused).toMatchObject({ code: 'UNAVAILABLE', status: 503, retryAfterSeconds: 1 });
    expect(hasBegun).toBe(false);
  });

  it('has the place free again after a call that failed', async () => {
    const { admission } = admissionWith();
    for (let i = 0; i < 5; i += 1) await refusalOf(admission.admit(() => Promise.reject(new Error('spec'))));

    expect(await admission.admit(async () => 'in')).toBe('in');
  });

  it.each([
    [{ messages: 10, oldestMs: 5_000 }, 'admitted'],
    [{ messages: 11, oldestMs: 0 }, { code: 'UNAVAILABLE' }],
    [{ messages: 1, oldestMs: 5_001 }, { code: 'UNAVAILABLE' }],
  ])('asks what waits for the broker: %j', async (backlog, outcome) => {
    const answer = await refusalOf(admissionWith(backlog).admission.admit(async () => 'in'));

    if (typeof outcome === 'string') expect(answer).toBe(outcome);
    else expect(answer).toMatchObject(outcome);
  });

  it('counts why it refused', async () => {
    const { admission, metrics } = admissionWith({ messages: 11, oldestMs: 0 });

    await refusalOf(admission.admit(async () => 'in'));

    expect(await metrics.expose()).toMatch(/ingest_overload_refusals_total\{[^}]*reason="broker"[^}]*\} 1/);
  });
});
