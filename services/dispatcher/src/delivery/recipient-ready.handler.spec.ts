import { describe, expect, it } from '@jest/globals';
import { RecipientReady } from '@postrider/contracts';
import type { Batch } from '@postrider/kafka';
import type { DispatchService } from './dispatch.service.js';
import { GivingWay } from './giving-way.js';
import type { Judgement } from './judgement.js';
import type { ParkedChunks } from './parked-chunks.js';
import { RecipientReadyHandler } from './recipient-ready.handler.js';

const TOOK_MS = 30;

/** Campaigns with a rate of 100/s; those in `behind` lag. */
function givingWayFor({ rate, behind }: { rate: number | undefined; behind: string[] }): GivingWay {
  const chunks = { isBehind: (campaignId: string, ratePerSecond: number) => ratePerSecond === rate && behind.includes(campaignId) };
  return new GivingWay(chunks as ParkedChunks, { rateOf: () => rate } as unknown as Judgement);
}

const of = (...campaigns: string[]): RecipientReady[] => campaigns.map((campaignId) => ({ ...RecipientReady.example, campaignId }));

describe(GivingWay.name, () => {
  it.each([
    ['the sends of a campaign lag', { rate: 100, behind: ['b'] }, TOOK_MS, 120],
    ['a call took long', { rate: 100, behind: ['b'] }, 60_000, 500],
    ['no campaign of the call lags', { rate: 100, behind: ['c'] }, TOOK_MS, 0],
    ['there is no rate', { rate: undefined, behind: ['b'] }, TOOK_MS, 0],
  ])('says how long to rest when %s', (_, state, tookMs, restMs) => {
    expect(givingWayFor(state).restMs(of('a', 'b', 'a'), tookMs)).toBe(restMs);
  });
});

describe(RecipientReadyHandler.name, () => {
  const batchOf = (messages: RecipientReady[], signal: AbortSignal): Batch<RecipientReady> => ({ messages, received: [], signal });
  const dispatcherOf = (dispatched: unknown[]): DispatchService => ({ dispatch: async (...call: unknown[]) => void dispatched.push(call) }) as unknown as DispatchService;

  it('dispatches, and then rests', async () => {
    const dispatched: unknown[] = [];
    const handler = new RecipientReadyHandler(dispatcherOf(dispatched), { restMs: () => TOOK_MS } as unknown as GivingWay);
    const { signal } = new AbortController();
    const startedAt = performance.now();

    await handler.handle(batchOf(of('a'), signal));

    expect(dispatched).toEqual([[of('a'), signal]]);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(TOOK_MS - 1);
  });

  it('rests no longer when its partitions go to another', async () => {
    const stopping = new AbortController();
    const handler = new RecipientReadyHandler(dispatcherOf([]), { restMs: () => 3_600_000 } as unknown as GivingWay);

    const handled = handler.handle(batchOf(of('a'), stopping.signal));
    stopping.abort();

    await expect(handled).resolves.toEqual({ ok: true });
  });
});
