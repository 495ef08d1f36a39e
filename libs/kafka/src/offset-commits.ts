/**
 * Guarantee: an offset is sent only after `note` was called for everything below it; `flush` resolves when all that was noted
 * is committed, or cannot be.
 * Limits: commits are combined, and sent at most every 200 ms, so that a crash replays up to that much of finished work.
 * Failure modes: a commit that fails is tried again until the end; the partitions' next owner then starts at the last one
 * that succeeded.
 */
import { pause, type Logger } from '@postrider/runtime';
import { backoffMs } from './backoff.js';

export interface PartitionOffset {
  partition: number;
  /** Of the next record to handle. */
  offset: string;
}

export interface OffsetCommitsOptions {
  send: (offsets: PartitionOffset[]) => Promise<void>;
  /** Aborted when trying again is of no use. */
  signal: AbortSignal;
  logger: Logger;
  topic: string;
}

const EVERY_MS = 200;

export class OffsetCommits {
  private readonly noted = new Map<number, string>();
  private sending: Promise<void> | undefined;
  private lastAt = -EVERY_MS;
  /** Ends the wait for the next commit's time. */
  private hurry = new AbortController();

  constructor(private readonly options: OffsetCommitsOptions) {}

  note(partition: number, offset: string): void {
    this.noted.set(partition, offset);
    this.sending ??= this.sendAll();
  }

  async flush(): Promise<void> {
    this.hurry.abort();
    await this.sending;
  }

  private async sendAll(): Promise<void> {
    await pause(this.lastAt + EVERY_MS - performance.now(), this.hurry.signal);
    for (let attempt = 1; this.noted.size > 0; attempt += 1) {
      if (await this.sendNoted()) attempt = 0;
      else if (this.options.signal.aborted) break;
      else await pause(backoffMs(attempt), this.options.signal);
    }
    this.lastAt = performance.now();
    // In the same turn as the check above: whoever notes later starts anew.
    this.sending = undefined;
  }

  private async sendNoted(): Promise<boolean> {
    const offsets = [...this.noted].map(([partition, offset]) => ({ partition, offset }));
    this.noted.clear();
    try {
      await this.options.send(offsets);
      return true;
    } catch (error) {
      for (const { partition, offset } of offsets) if (!this.noted.has(partition)) this.noted.set(partition, offset);
      this.options.logger.warn('offsets.not-committed', { topic: this.options.topic, offsets, error });
      return false;
    }
  }
}
