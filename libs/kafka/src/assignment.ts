/**
 * One period in which a consumer owns partitions, from a join to the next.
 * Guarantee: the records of a partition are handled in order and never by two calls at once; up to `concurrentBatches` calls
 * run at the same time, on disjoint partitions; an offset is committed only after the handler is done with all below it.
 * After `end` no call starts and nothing is committed.
 * Limits: a call takes whatever is there after one turn of the event loop; calls of few records keep a distance, by which they
 * grow. What was fetched and not handled at the end is fetched again by the next owner.
 */
import { InFlight, type Logger } from '@postrider/runtime';
import type { KafkaMessage } from 'kafkajs';
import { CallSpacing } from './call-spacing.js';
import type { LaneSide } from './lane-gate.js';
import { OffsetCommits, type PartitionOffset } from './offset-commits.js';
import { PartitionQueues, type Portion } from './partition-queues.js';

export interface AssignmentOptions {
  topic: string;
  concurrentBatches: number;
  maxBatchMessages: number;
  logger: Logger;
  /** Handles the records; false when they were given up, which only an aborted signal permits. Never throws. */
  handle: (portions: readonly Portion<KafkaMessage>[], signal: AbortSignal) => Promise<boolean>;
  commit: (offsets: PartitionOffset[]) => Promise<void>;
  lane: LaneSide;
}

interface Progress {
  /** The offset behind the partition's last record, as of the last fetch. */
  end: number;
  /** The first offset that is not handled. */
  next: number;
}

/** Of a whole call, the part from which on it is no small one, whose records are not kept waiting. */
const ENOUGH = 0.25;

export class Assignment {
  private readonly ownership = new AbortController();
  private readonly queues = new PartitionQueues<KafkaMessage>();
  private readonly progress = new Map<number, Progress>();
  private readonly running = new InFlight<readonly Portion<KafkaMessage>[]>();
  private readonly commits: OffsetCommits;
  private readonly spacing = new CallSpacing(() => this.resume());
  private isScheduled = false;
  private isClosed = false;
  private waiters: (() => void)[] = [];

  constructor(private readonly options: AssignmentOptions) {
    const { commit: send, logger, topic } = options;
    this.commits = new OffsetCommits({ send, logger, topic, signal: this.ownership.signal });
  }

  add(partition: number, records: readonly KafkaMessage[], end: string): void {
    const first = records[0];
    if (!first || this.isEnded) return;
    const progress = this.progress.get(partition);
    if (progress) progress.end = Number(end);
    else this.progress.set(partition, { end: Number(end), next: Number(first.offset) });
    this.queues.add(partition, records);
    this.tellLane();
    this.schedule();
  }

  /** Takes what was not yet permitted to be taken. */
  resume(): void {
    this.schedule();
  }

  /** Resolves when it is time to fetch more, or the assignment has ended. */
  async room(): Promise<void> {
    while (!this.hasRoom) await this.change();
  }

  /** While a call is free, what waits is of partitions in work, and must not keep the others from being fetched. */
  private get hasRoom(): boolean {
    const { waiting } = this.queues;
    if (this.isScheduled || !this.isTime) return false;
    return waiting === 0 || (waiting < this.options.maxBatchMessages && this.running.size < this.options.concurrentBatches);
  }

  private get isTime(): boolean {
    return this.queues.waiting >= this.enough || this.spacing.mayBegin();
  }

  private get wholeCall(): number {
    return Math.ceil(this.options.maxBatchMessages * this.options.lane.share());
  }

  private get enough(): number {
    return Math.ceil(this.wholeCall * ENOUGH);
  }

  /** Ends the waiting of handlers, lets those that work finish and commits what they did; gives up on them after the deadline. */
  async end(deadlineMs: number): Promise<void> {
    this.ownership.abort();
    this.queues.clear();
    this.spacing.stop();
    this.tellLane();
    this.announce();
    const timer = setTimeout(() => this.close(), deadlineMs);
    while (this.running.size > 0 && !this.isClosed) await this.change();
    if (!this.isClosed) await Promise.race([this.commits.flush(), this.closed()]);
    clearTimeout(timer);
    this.close();
  }

  get isEnded(): boolean {
    return this.ownership.signal.aborted;
  }

  get callsInFlight(): number {
    return this.running.size;
  }

  /** Records not handled yet, by partition. */
  *lags(): Generator<[partition: number, lag: number]> {
    for (const [partition, { end, next }] of this.progress) yield [partition, Math.max(0, end - next)];
  }

  /** When the oldest record was published that is here and not handled; undefined when nothing is. */
  oldestPublishedAt(): number | undefined {
    let oldest: number | undefined;
    for (const { timestamp } of this.unhandled()) if (oldest === undefined || Number(timestamp) < oldest) oldest = Number(timestamp);
    return oldest;
  }

  private *unhandled(): Generator<KafkaMessage> {
    yield* this.queues.heads();
    for (const portions of this.running) for (const { items } of portions) yield items[0] as KafkaMessage;
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      while (!this.isEnded && this.running.size < this.options.concurrentBatches && this.startCall());
      if (this.hasRoom) this.announce();
    });
  }

  /** False when nothing can be taken. */
  private startCall(): boolean {
    const { lane } = this.options;
    const { waiting } = this.queues;
    if (waiting === 0 || !this.isTime || !lane.mayStart()) return false;
    if (lane.share() < 1 && this.running.size > 0) return false;
    const portions = this.queues.take(this.wholeCall);
    if (portions.length === 0) return false;
    this.running.add(portions);
    this.spacing.began(waiting - this.queues.waiting < this.enough);
    const startedAt = performance.now();
    void this.options.handle(portions, this.ownership.signal).then((isHandled) => {
      const tookMs = performance.now() - startedAt;
      this.running.delete(portions);
      lane.ended(tookMs);
      this.spacing.ended(tookMs);
      for (const portion of portions) this.finish(portion, isHandled);
      this.tellLane();
      this.schedule();
      this.announce();
    });
    return true;
  }

  private finish({ partition, items }: Portion<KafkaMessage>, isHandled: boolean): void {
    this.queues.release(partition);
    const last = items.at(-1);
    if (!isHandled || this.isClosed || !last) return;
    const offset = BigInt(last.offset) + 1n;
    const progress = this.progress.get(partition);
    if (progress) progress.next = Number(offset);
    this.commits.note(partition, String(offset));
  }

  private tellLane(): void {
    this.options.lane.worked(this.queues.waiting > 0 || this.running.size > 0);
  }

  /** Resolves at the next announcement. */
  private change(): Promise<void> {
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  private announce(): void {
    for (const waiter of this.waiters.splice(0)) waiter();
  }

  private close(): void {
    this.isClosed = true;
    this.announce();
  }

  private async closed(): Promise<void> {
    while (!this.isClosed) await this.change();
  }
}
