import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { RecipientReady } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { Logger, within } from '@postrider/runtime';
import { findParked, takeParked, type ParkedExecution } from '../ledger/parked-messages.js';
import { Attempts } from './attempt.js';
import { Deliverer } from './deliverer.js';
import type { Job } from './job.js';
import { TakenWork } from './taken-work.js';

/** From where a chunk is taken, and how much at most. */
export interface Place {
  campaignId: string;
  executionId: string;
  ready: RecipientReady;
  limit: number;
}

/** When the messages of a chunk may go, one gap after the other, in monotonic milliseconds. */
export interface SlotTimes {
  firstAtMs: number;
  gapMs: number;
}

export interface TakenChunk {
  taken: number;
  /** Of these, how many are to be handed over; the others have come to an end. */
  sent: number;
}

interface InHand extends Pick<Place, 'campaignId' | 'limit'> {
  hasSlots: boolean;
}

/** Of what is in hand of a campaign in a process, in seconds of its rate: so much may go at once after it was held up. */
const MOST_SECONDS = 1.5;
/** Longer than a slot is ahead; the consumers have to stop as well in what is left of the time. */
const LONGEST_END_MS = 4_000;

/** Chunks of parked messages that are under way, each by itself: one with slots is in hand until its last slot. */
@Injectable()
export class ParkedChunks implements BeforeApplicationShutdown {
  private readonly inHand = new Map<Promise<void>, InHand>();

  constructor(
    private readonly sql: Sql,
    private readonly work: TakenWork,
    private readonly deliverer: Deliverer,
    private readonly attempts: Attempts,
    private readonly logger: Logger,
  ) {}

  /** The executions that have parked messages; those are counted no further than asked for. */
  find(countedTo: number): Promise<ParkedExecution[]> {
    return findParked(this.sql, countedTo);
  }

  /** How many messages of a campaign are in chunks without slots that are under way, at most. */
  inHandOf(campaignId: string): number {
    return this.underWay(campaignId, false);
  }

  /** Whether the sends of a campaign lag: so much has slots and is not over that no more is taken. */
  isBehind(campaignId: string, ratePerSecond: number): boolean {
    return this.roomOf(campaignId, ratePerSecond) === 0;
  }

  /** How many messages more of a campaign may have slots in this process. */
  roomOf(campaignId: string, ratePerSecond: number): number {
    return Math.max(0, Math.ceil(ratePerSecond * MOST_SECONDS) - this.underWay(campaignId, true));
  }

  /** Takes a chunk and answers what it took; the sends go on. @throws when nothing was taken because of the error */
  async send(from: Place, slots: SlotTimes | undefined, signal: AbortSignal): Promise<TakenChunk> {
    const { promise: took, resolve: tell } = Promise.withResolvers<TakenChunk>();
    let isTold = false;
    const told = (chunk: TakenChunk): void => {
      isTold = true;
      tell(chunk);
    };
    const delivered = this.deliver(from, slots, { signal, told });
    const tracked = delivered
      .catch((error: unknown) => {
        if (isTold) this.logger.error('parked.not-delivered', { executionId: from.executionId, error });
      })
      .finally(() => this.inHand.delete(tracked));
    this.inHand.set(tracked, { campaignId: from.campaignId, limit: from.limit, hasSlots: slots !== undefined });
    await Promise.race([took, delivered]);
    return took;
  }

  /** Resolves when one of the chunks that are under way has ended, or after so long. */
  async oneEnds(longestMs: number): Promise<void> {
    await within(longestMs, Promise.race(this.inHand.keys()));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await within(LONGEST_END_MS, Promise.all(this.inHand.keys()));
  }

  private underWay(campaignId: string, hasSlots: boolean): number {
    const own = [...this.inHand.values()].filter((chunk) => chunk.campaignId === campaignId && chunk.hasSlots === hasSlots);
    return own.reduce((sum, { limit }) => sum + limit, 0);
  }

  private async deliver(from: Place, slots: SlotTimes | undefined, { signal, told }: { signal: AbortSignal; told: (chunk: TakenChunk) => void }): Promise<void> {
    await this.deliverer.prepare([from.ready]);
    await this.attempts.during(async (attempt) => {
      const mark = attempt.begin();
      const messages = await takeParked(this.sql, mark, from, from.limit);
      if (messages.length === 0) return told({ taken: 0, sent: 0 });
      attempt.begun();
      const { jobs, ended } = this.work.permitted(messages, mark.now);
      told({ taken: messages.length, sent: jobs.length });
      await this.deliverer.deliver({ jobs: slots ? jobs.map((job, i) => inSlot(job, i, slots)) : jobs, ended }, attempt, signal);
    });
  }
}

const inSlot = (job: Job, i: number, { firstAtMs, gapMs }: SlotTimes): Job => ({ ...job, notBeforeMs: firstAtMs + i * gapMs });
