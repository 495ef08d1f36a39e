/**
 * Results on their way into the database.
 * Guarantee: results that arrive while a statement runs go into the next one, so a commit serves many of them under
 * load and one at once otherwise; while Postgres is away they wait, in order.
 * Failure modes: results that wait when the process dies are lost, and their calls are made again.
 */
import { Injectable } from '@nestjs/common';
import { kindOf, Logger, within } from '@postrider/runtime';
import { setTimeout as wait } from 'node:timers/promises';
import type { CallResult, Delivery } from './delivery.js';
import { DeliveryStore } from './delivery-store.js';
import { WorkerLease } from './worker-lease.js';

const MAX_BATCH = 500;
const MAX_WAITING = 5_000;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2_000;

@Injectable()
export class Recorder {
  private waiting: CallResult[] = [];
  private running: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly store: DeliveryStore,
    private readonly lease: WorkerLease,
    private readonly logger: Logger,
  ) {}

  add(result: CallResult): void {
    if (this.closed) return;
    this.waiting.push(result);
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  /** True while so much waits that no more calls should be made. */
  isFull(): boolean {
    return this.waiting.length >= MAX_WAITING;
  }

  /** Whose results are not written yet. */
  *held(): Generator<Delivery> {
    for (const { delivery } of this.waiting) yield delivery;
  }

  /** Writes what waits, for at most so long; what comes later is dropped, and its calls are made again. */
  async close(longestMs: number): Promise<void> {
    await within(longestMs, this.running);
    this.closed = true;
  }

  private async run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (this.waiting.length > 0 && !this.closed) {
      const batch = this.waiting.slice(0, MAX_BATCH);
      if (await this.write(batch)) {
        this.waiting = this.waiting.slice(batch.length);
        retryMs = FIRST_RETRY_MS;
      } else {
        await wait(retryMs);
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  /** False when it should be tried again. */
  private async write(batch: readonly CallResult[]): Promise<boolean> {
    try {
      await this.store.record(this.lease.name(), batch);
      return true;
    } catch (error) {
      this.logger.warn('attempts.not-recorded', { count: batch.length, error });
      if (kindOf(error) === 'transient') return false;
      if (batch.length > 1) for (const result of batch) await this.write([result]);
      else this.logger.error('attempt.unrecordable', { webhookId: batch[0]?.delivery.id, error });
      return true;
    }
  }
}
