/**
 * The right to send a chunk of messages.
 * Guarantee: while `holds` answers true, no other process has taken the chunk over. The lease is extended in the background;
 * a process that slept past its end asks the ledger before it sends anything more.
 */
import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { extendLease } from '../ledger/leases.js';
import { DISPATCH_OPTIONS, type DispatchOptions } from './dispatch-options.js';

export class Attempt {
  readonly token = randomUUID();
  readonly now: Date;
  private validUntilMs: number;
  private wasExtended = false;
  private isLost = false;
  private readonly renewal: NodeJS.Timeout;

  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly leaseMs: number,
  ) {
    this.now = clock.now();
    this.validUntilMs = clock.monotonicMs() + leaseMs;
    this.renewal = setInterval(() => void this.extend().catch(() => undefined), leaseMs / 3).unref();
  }

  /** What a statement that opens the attempt writes, from when it is run: the ledger may have kept it waiting. */
  get leaseUntil(): Date {
    return new Date(this.clock.now().getTime() + this.leaseMs);
  }

  /** Whether a send may begin now. */
  async holds(): Promise<boolean> {
    if (this.isLost) return false;
    if (this.clock.monotonicMs() < this.validUntilMs) return true;
    await this.extend().catch(() => undefined);
    return !this.isLost && this.clock.monotonicMs() < this.validUntilMs;
  }

  end(): void {
    clearInterval(this.renewal);
  }

  private async extend(): Promise<void> {
    const askedAtMs = this.clock.monotonicMs();
    const isHeld = await extendLease(this.sql, this.token, this.leaseUntil);
    if (isHeld) this.validUntilMs = askedAtMs + this.leaseMs;
    // Before the intent is committed there is no row to extend, and that says nothing.
    else if (this.wasExtended) this.isLost = true;
    this.wasExtended ||= isHeld;
  }
}

/** Begins attempts, each with a token and a lease of its own. */
@Injectable()
export class Attempts {
  constructor(
    private readonly sql: Sql,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(DISPATCH_OPTIONS) private readonly options: DispatchOptions,
  ) {}

  /** Runs the work with a new attempt, and ends the attempt with it. */
  async during<T>(work: (attempt: Attempt) => Promise<T>): Promise<T> {
    const attempt = new Attempt(this.sql, this.clock, this.options.leaseMs);
    try {
      return await work(attempt);
    } finally {
      attempt.end();
    }
  }
}
