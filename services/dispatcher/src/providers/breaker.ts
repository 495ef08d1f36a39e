/**
 * Keeps us from knocking at a door that does not open.
 * Guarantee: after a few failures in a row nothing is tried for a while, then one try at a time decides; the pause doubles
 * with each failed one. The first success closes the breaker; from then on each success lets twice as many through at once.
 */
import type { Clock } from '@postrider/runtime';

const FAILURES_TO_OPEN = 3;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
const WIDEST = 256;

export class Breaker {
  private failures = 0;
  private pauseMs = FIRST_PAUSE_MS;
  private reopensAt = 0;
  private isProbing = false;
  /** How many may be let through at a time. */
  private ramp = Infinity;

  constructor(private readonly clock: Clock) {}

  get isOpen(): boolean {
    return this.failures >= FAILURES_TO_OPEN;
  }

  /** Milliseconds until the next try is let through; 0 when one would be now. */
  get waitMs(): number {
    return this.isOpen ? Math.max(0, this.reopensAt - this.clock.monotonicMs()) : 0;
  }

  /** How many tries may be under way. Those that an open breaker turns away are as many as want to. */
  get width(): number {
    return this.isOpen ? Infinity : this.ramp;
  }

  /** Whether a try may go ahead. One that may must report how it ended. */
  allows(): boolean {
    if (!this.isOpen) return true;
    if (this.isProbing || this.waitMs > 0) return false;
    this.isProbing = true;
    return true;
  }

  succeeded(): void {
    this.ramp = this.isOpen ? 1 : this.ramp * 2;
    if (this.ramp > WIDEST) this.ramp = Infinity;
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
