import { describe, expect, it } from '@jest/globals';
import type { MessagePublisher } from '@postrider/kafka';
import { AppError, Metrics } from '@postrider/runtime';
import type { ExecutionStore } from '../intake/execution-store.js';
import { Admission } from './admission.js';

const LIMITS = { ratePerSecond: 1, maxCallsInFlight: 2, maxPublisherBacklog: 10 };

function admissionWith(backlog = { messages: 0, oldestMs: 0 }, store = { oldestMs: 0 }) {
  const metrics = new Metrics('spec');
  return { admission: new Admission({ backlog: () => backlog } as unknown as MessagePublisher, store as ExecutionStore, LIMITS, metrics), metrics };
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

    expect(await admission.admit(true, async () => 7)).toBe(7);
    await expect(admission.admit(true, () => Promise.reject(new Error('spec')))).rejects.toThrow('spec');
  });

  it('refuses the call beyond the last place with 503 and when to come back, without beginning it', async () => {
    const { admission } = admissionWith();
    const held = heldWork();
    const inside = Promise.all([admission.admit(true, held.work), admission.admit(false, held.work)]);
    let hasBegun = false;

    const refused = await refusalOf(admission.admit(true, async () => (hasBegun = true)));
    held.end();
    await inside;

    expect(refused).toBeInstanceOf(AppError);
    expect(refused).toMatchObject({ code: 'UNAVAILABLE', status: 503, retryAfterSeconds: 1 });
    expect(hasBegun).toBe(false);
  });

  it('has the place free again after a call that failed', async () => {
    const { admission } = admissionWith();
    for (let i = 0; i < 5; i += 1) await refusalOf(admission.admit(true, () => Promise.reject(new Error('spec'))));

    expect(await admission.admit(true, async () => 'in')).toBe('in');
  });

  it.each([
    [{ messages: 10, oldestMs: 2_000 }, 'admitted'],
    [{ messages: 11, oldestMs: 0 }, { code: 'UNAVAILABLE' }],
    [{ messages: 1, oldestMs: 2_001 }, { code: 'UNAVAILABLE' }],
  ])('asks what waits for the broker: %j', async (backlog, outcome) => {
    const answer = await refusalOf(admissionWith(backlog).admission.admit(true, async () => 'in'));

    if (typeof outcome === 'string') expect(answer).toBe(outcome);
    else expect(answer).toMatchObject(outcome);
  });

  it('asks how long calls have been waiting to be stored', async () => {
    const outcomes = [2_000, 2_001].map((oldestMs) => refusalOf(admissionWith(undefined, { oldestMs }).admission.admit(true, async () => 'in')));

    expect(await Promise.all(outcomes)).toMatchObject(['admitted', { code: 'UNAVAILABLE' }]);
  });

  it('lets those in who ask for no messages while what messages need is behind, as long as there is a place', async () => {
    const { admission } = admissionWith({ messages: 11, oldestMs: 9_000 }, { oldestMs: 9_000 });
    const held = heldWork();
    const inside = Promise.all([admission.admit(false, held.work), admission.admit(false, held.work)]);

    const third = await refusalOf(admission.admit(false, async () => 'in'));
    held.end();

    expect(third).toMatchObject({ code: 'UNAVAILABLE' });
    expect(await inside).toHaveLength(2);
  });

  it('can be asked without being entered', () => {
    expect(() => admissionWith().admission.check(true)).not.toThrow();
    expect(() => admissionWith({ messages: 11, oldestMs: 0 }).admission.check(true)).toThrow(AppError);
  });

  it('counts why it refused', async () => {
    const { admission, metrics } = admissionWith({ messages: 11, oldestMs: 0 });

    await refusalOf(admission.admit(true, async () => 'in'));

    expect(await metrics.expose()).toMatch(/ingest_overload_refusals_total\{[^}]*reason="broker"[^}]*\} 1/);
  });
});
