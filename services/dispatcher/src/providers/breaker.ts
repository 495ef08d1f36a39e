/**
 * Keeps us from knocking at a door that does not open.
 * Guarantee: after a few failures in a row nothing is tried for a while, then one try at a time decides; the pause doubles
 * with each failed one. The first success closes the breaker.
 */
import type { Clock } from '@postrider/runtime';

const FAILURES_TO_OPEN = 3;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

export class Breaker {
  private failures = 0;
  private pauseMs = FIRST_PAUSE_MS;
  private reopensAt = 0;
  private isProbing = false;

  constructor(private readonly clock: Clock) {}

  get isOpen(): boolean {
    return this.failures >= FAILURES_TO_OPEN;
  }

  /** Milliseconds until the next try is let through; 0 when one would be now. */
  get waitMs(): number {
    return this.isOpen ? Math.max(0, this.reopensAt - this.clock.monotonicMs()) : 0;
  }

  /** Whether a try may go ahead. One that may must report how it ended. */
  allows(): boolean {
    if (!this.isOpen) return true;
    if (this.isProbing || this.waitMs > 0) return false;
    this.isProbing = true;
    return true;
  }

  succeeded(): void {
    this.failures = 0;
    this.pauseMs = FIRST_PAUSE_MS;
    this.isProbing = false;
  }

  failed(): void {
    const wasProbing = this.isProbing;
    this.isProbing = false;
    this.failures += 1;
    if (!this.isOpen || (!wasProbing && this.reopensAt > this.clock.monotonicMs())) return;
    this.reopensAt = this.clock.monotonicMs() + this.pauseMs;
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2);
  }
}
