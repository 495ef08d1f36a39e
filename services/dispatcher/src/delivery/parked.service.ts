/**
 * Sends what waits for a permission rather than for a time: messages of a campaign with a send rate, and those that came while
 * their execution was paused.
 * Guarantee: a message of a campaign with a rate is handed over in a slot that no other has, in any process, or not at all. A
 * paused execution's messages stay where they are; after the pause they get slots anew. What was cancelled, stopped, expired,
 * or is outside the sending window is ended from here, a chunk at a time.
 * Limits: slots are taken, with messages for them, a second ahead, and a second and a half's worth is in hand of a process at
 * most: when it is killed, that ends as the campaign says of unknown outcomes. A provider that is slower than the rate, or
 * a process that is too busy for it, sets the pace; when it is held up no longer, about a second's worth goes at once.
 */
import { Inject, Injectable } from '@nestjs/common';
import { RecipientReady } from '@postrider/contracts';
import { SendRate } from '@postrider/locks';
import { CLOCK, type Clock } from '@postrider/runtime';
import type { ParkedExecution } from '../ledger/parked-messages.js';
import { DISPATCH_OPTIONS, type DispatchOptions } from './dispatch-options.js';
import { Judgement } from './judgement.js';
import { ParkedChunks, type Place } from './parked-chunks.js';

const HORIZON_MS = 1_000;
/** Slots are taken in lots: few larger chunks cost less than many small ones. */
const TAKEN_WITHIN_MS = 600;
const LEAD_MS = 250;
/** Chunks without a rate, of a campaign in a process. */
const MOST_CHUNKS = 4;
/** What has a rate is not looked at meanwhile. */
const LONGEST_WAIT_FOR_A_CHUNK_MS = 100;

/** How a look at an execution ended: nothing may be done for it, or more is to be done soon, when a chunk has ended, or at once. */
type Progress = 'rests' | 'waits' | 'full' | 'more';

@Injectable()
export class ParkedService {
  private lookAgainAtMs = 0;

  constructor(
    private readonly chunks: ParkedChunks,
    private readonly rate: SendRate,
    private readonly judgement: Judgement,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(DISPATCH_OPTIONS) private readonly options: DispatchOptions,
  ) {}

  /** Something was parked, or may go on: the next look is not put off. */
  wake(): void {
    this.lookAgainAtMs = 0;
  }

  /** Takes what has its permission now, in turns of a chunk of each execution. What it took goes on when it returns. */
  async sendParked(signal: AbortSignal): Promise<void> {
    if (this.clock.monotonicMs() < this.lookAgainAtMs) return;
    for (let goesOn = true; goesOn && !signal.aborted; ) {
      this.lookAgainAtMs = 0;
      const all = await this.advanceAll(await this.chunks.find(this.options.chunkMessages), signal);
      const [isMore, isFull] = [all.includes('more'), all.includes('full')];
      if (isFull && !isMore) await this.chunks.oneEnds(LONGEST_WAIT_FOR_A_CHUNK_MS);
      goesOn = isMore || isFull;
      if (all.every((one) => one === 'rests')) this.lookAgainAtMs = this.clock.monotonicMs() + this.options.retryPollMs;
    }
  }

  private async advanceAll(executions: readonly ParkedExecution[], signal: AbortSignal): Promise<Progress[]> {
    const all: Progress[] = [];
    for (const execution of executions) if (!signal.aborted) all.push(await this.advance(execution, signal));
    return all;
  }

  private async advance({ payload, isPaused, isCancelled, waiting, ...place }: ParkedExecution, signal: AbortSignal): Promise<Progress> {
    const ready = RecipientReady.payload.parse(payload);
    const from: Place = { ...place, ready, limit: Math.min(waiting, this.options.chunkMessages) };
    const isOver = this.judgement.on(ready, { isCancelled }) !== undefined;
    if (isPaused && !isOver) return 'rests';
    const ratePerSecond = isOver ? undefined : this.judgement.rateOf(ready);
    if (ratePerSecond !== undefined) return this.sendAtRate(from, ratePerSecond, signal);
    if (this.chunks.inHandOf(place.campaignId) >= MOST_CHUNKS * this.options.chunkMessages) return 'full';
    const { taken } = await this.chunks.send(from, undefined, signal);
    return taken === this.options.chunkMessages ? 'more' : 'waits';
  }

  private async sendAtRate(from: Place, ratePerSecond: number, signal: AbortSignal): Promise<Progress> {
    const key = from.campaignId;
    const want = Math.min(from.limit, this.chunks.roomOf(key, ratePerSecond));
    if (want === 0) return 'waits';
    const askedAtMs = this.clock.monotonicMs();
    const ahead = { horizonMs: HORIZON_MS, whenWithinMs: TAKEN_WITHIN_MS, leadMs: LEAD_MS };
    const { count, firstInMs, gapMs } = await this.rate.reserve({ key, ratePerSecond, want, ...ahead });
    if (count === 0) return 'waits';
    const { sent } = await this.chunks.send({ ...from, limit: count }, { firstAtMs: askedAtMs + firstInMs, gapMs }, signal);
    if (sent < count) await this.rate.giveBack({ key, ratePerSecond }, count - sent);
    return count === this.options.chunkMessages ? 'more' : 'waits';
  }
}
