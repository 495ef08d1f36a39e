import { describe, expect, it } from '@jest/globals';
import { RecipientReady } from '@postrider/contracts';
import type { SendRate } from '@postrider/locks';
import { SystemClock } from '@postrider/runtime';
import type { ParkedExecution } from '../ledger/parked-messages.js';
import type { Judgement } from './judgement.js';
import type { ParkedChunks, Place, SlotTimes, TakenChunk } from './parked-chunks.js';
import { ParkedService } from './parked.service.js';

const CHUNK = 250;
const SIGNAL = new AbortController().signal;

/** Parked messages of one execution; a chunk is under way until `endOne`. */
class FakeChunks implements Pick<ParkedChunks, 'find' | 'inHandOf' | 'roomOf' | 'oneEnds' | 'send'> {
  mostInHand = 0;
  room = CHUNK;
  slots: (SlotTimes | undefined)[] = [];
  private inHand = 0;

  constructor(
    public waiting: number,
    private readonly state: Pick<ParkedExecution, 'isCancelled' | 'isPaused'>,
  ) {}

  async find(countedTo: number): Promise<ParkedExecution[]> {
    if (this.waiting === 0) return [];
    return [{ campaignId: 'c', executionId: 'e', waiting: Math.min(this.waiting, countedTo), payload: RecipientReady.example, ...this.state }];
  }

  inHandOf(): number {
    return this.inHand;
  }

  roomOf(): number {
    return this.room;
  }

  async send({ limit }: Place, slots: SlotTimes | undefined): Promise<TakenChunk> {
    this.slots.push(slots);
    this.waiting -= limit;
    this.inHand += limit;
    this.mostInHand = Math.max(this.mostInHand, this.inHand);
    return { taken: limit, sent: limit };
  }

  async oneEnds(): Promise<void> {
    this.inHand -= CHUNK;
  }
}

function serviceOver(chunks: FakeChunks, rate?: number): ParkedService {
  const judgement = {
    on: (_ready: RecipientReady, { isCancelled }: { isCancelled: boolean }) => (isCancelled ? { code: 'CANCELLED' } : undefined),
    rateOf: () => rate,
  } as unknown as Judgement;
  const slots = { reserve: async ({ want }: { want: number }) => ({ count: Math.min(want, 30), firstInMs: 5, gapMs: 10 }) } as unknown as SendRate;
  const options = { leaseMs: 1_000, chunkMessages: CHUNK, retryPollMs: 500, sendingWindowMs: 1_000 };
  return new ParkedService(chunks as unknown as ParkedChunks, slots, judgement, new SystemClock(), options);
}

describe(ParkedService.name, () => {
  it('ends all that was cancelled in one go, with four chunks under way at most', async () => {
    const chunks = new FakeChunks(12 * CHUNK, { isCancelled: true, isPaused: false });

    await serviceOver(chunks).sendParked(SIGNAL);

    expect(chunks.waiting).toBe(0);
    expect(chunks.mostInHand).toBe(4 * CHUNK);
  });

  it('ends what was cancelled whatever its rate, without slots', async () => {
    const chunks = new FakeChunks(8 * CHUNK, { isCancelled: true, isPaused: false });

    await serviceOver(chunks, 100).sendParked(SIGNAL);

    expect(chunks.waiting).toBe(0);
    expect(chunks.slots).toEqual(Array.from({ length: 8 }, () => undefined));
  });

  it('takes as many as have slots, and leaves the others to the next look', async () => {
    const chunks = new FakeChunks(12 * CHUNK, { isCancelled: false, isPaused: false });

    await serviceOver(chunks, 100).sendParked(SIGNAL);

    expect(chunks.waiting).toBe(12 * CHUNK - 30);
    expect(chunks.slots).toEqual([expect.objectContaining({ gapMs: 10 })]);
  });

  it('takes no more while the sends lag', async () => {
    const chunks = new FakeChunks(CHUNK, { isCancelled: false, isPaused: false });
    chunks.room = 0;

    await serviceOver(chunks, 100).sendParked(SIGNAL);

    expect(chunks.slots).toEqual([]);
  });

  it('takes no more than there is room for, though there are slots', async () => {
    const chunks = new FakeChunks(CHUNK, { isCancelled: false, isPaused: false });
    chunks.room = 7;

    await serviceOver(chunks, 100).sendParked(SIGNAL);

    expect(chunks.waiting).toBe(CHUNK - 7);
  });

  it('leaves what is paused', async () => {
    const chunks = new FakeChunks(CHUNK, { isCancelled: false, isPaused: true });

    await serviceOver(chunks).sendParked(SIGNAL);

    expect(chunks.waiting).toBe(CHUNK);
  });
});
