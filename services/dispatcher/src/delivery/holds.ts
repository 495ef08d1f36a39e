/**
 * Executions that are held: paused, or cancelled a moment ago.
 * Guarantee: what is changed in this process is known here at once, what is changed in another within one look. Who is about
 * to hand a message over asks here, so that a pause reaches what is in hand already.
 */
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { findHeld, type HeldExecution } from '../ledger/held-executions.js';

@Injectable()
export class Holds implements OnApplicationBootstrap {
  private held = new Map<string, HeldExecution['hold']>();
  private looks = 0;

  constructor(private readonly sql: Sql) {}

  /** Known before the first message comes, where the ledger answers. */
  async onApplicationBootstrap(): Promise<void> {
    await this.look().catch(() => undefined);
  }

  async look(): Promise<void> {
    const look = ++this.looks;
    const found = await findHeld(this.sql);
    // An older answer must not take the place of what a newer look, or this process itself, knows.
    if (look === this.looks) this.held = new Map(found.map(({ executionId, hold }) => [executionId, hold]));
  }

  isPaused(executionId: string): boolean {
    return this.held.get(executionId) === 'paused';
  }

  isCancelled(executionId: string): boolean {
    return this.held.get(executionId) === 'cancelled';
  }

  /** Those that were cancelled in the last minute. */
  get cancelled(): string[] {
    return [...this.held].flatMap(([executionId, hold]) => (hold === 'cancelled' ? [executionId] : []));
  }
}
