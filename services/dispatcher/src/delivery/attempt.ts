/**
 * The right to send a chunk of messages.
 * Guarantee: while `holds` answers true, no other process has taken the chunk over. The lease is extended in the background;
 * a process that slept past its end asks the ledger before it sends anything more.
 * Failure mode: work that ends with an error leaves its row, whose lease runs out: then the sweep brings it to an end.
 */
import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { closeAttempts, extendLease } from '../ledger/leases.js';
import type { AttemptMark } from '../ledger/open-messages.js';
import { DISPATCH_OPTIONS, type DispatchOptions } from './dispatch-options.js';

export class Attempt {
  readonly token = randomUUID();
  private validUntilMs = 0;
  private isLost = false;
  private renewal: NodeJS.Timeout | undefined;

  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly leaseMs: number,
  ) {}

  /** For the statement that is about to write the attempt's row: the lease counts from here. */
  begin(): AttemptMark {
    this.validUntilMs = this.clock.monotonicMs() + this.leaseMs;
    return { token: this.token, now: this.clock.now(), leaseMs: this.leaseMs };
  }

  /** The row is there. */
  begun(): void {
    this.renewal ??= setInterval(() => void this.extend().catch(() => undefined), this.leaseMs / 3).unref();
  }

  get hasBegun(): boolean {
    return this.renewal !== undefined;
  }

  /** Whether it holds as far as is known without asking: for the moment before the bytes leave. */
  get isValid(): boolean {
    return !this.isLost && this.clock.monotonicMs() < this.validUntilMs;
  }

  /** Whether a send may begin now. */
  async holds(): Promise<boolean> {
    if (this.isLost || this.isValid) return !this.isLost;
    await this.extend().catch(() => undefined);
    return this.isValid;
  }

  end(): void {
    clearInterval(this.renewal);
  }

  private async extend(): Promise<void> {
    const askedAtMs = this.clock.monotonicMs();
    if (await extendLease(this.sql, this.token, this.leaseMs)) this.validUntilMs = askedAtMs + this.leaseMs;
    else this.isLost = true;
  }
}

/** Begins attempts, each with a token and a lease of its own. */
@Injectable()
export class Attempts implements BeforeApplicationShutdown {
  private finished: string[] = [];
  private isStopping = false;

  constructor(
    private readonly sql: Sql,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(DISPATCH_OPTIONS) private readonly options: DispatchOptions,
  ) {}

  /** Runs the work with a new attempt. When it returns, everything that it did is recorded and published. */
  async during<T>(work: (attempt: Attempt) => Promise<T>): Promise<T> {
    const attempt = new Attempt(this.sql, this.clock, this.options.leaseMs);
    try {
      const result = await work(attempt);
      if (attempt.hasBegun) this.finished.push(attempt.token);
      if (this.isStopping) await this.closeFinished().catch(() => undefined);
      return result;
    } finally {
      attempt.end();
    }
  }

  /** Rows of attempts that are over go together, at intervals: on the way of a chunk they would cost a commit each. */
  async closeFinished(): Promise<void> {
    const tokens = this.finished;
    if (tokens.length === 0) return;
    this.finished = [];
    try {
      await closeAttempts(this.sql, tokens);
    } catch (error) {
      this.finished.push(...tokens);
      throw error;
    }
  }

  /** What still goes on closes its own attempt. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await this.closeFinished().catch(() => undefined);
  }
}
