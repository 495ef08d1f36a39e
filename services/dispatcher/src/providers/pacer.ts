import type { Clock } from '@postrider/runtime';

/** Starts at most `ratePerSecond` sends a second, evenly spaced; no burst beyond a tenth of a second's worth. */
export class Pacer {
  private readonly gapMs: number;
  private readonly burstMs: number;
  private nextAt = 0;

  constructor(
    ratePerSecond: number,
    private readonly clock: Clock,
    private readonly wait: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
  ) {
    this.gapMs = 1_000 / ratePerSecond;
    this.burstMs = Math.max(this.gapMs, 100);
  }

  /** Milliseconds until a send may start that has so many others ahead of it. */
  delayMs(ahead: number): number {
    return Math.max(0, this.nextAt + ahead * this.gapMs - this.clock.monotonicMs());
  }

  /** Resolves when the next send may start. */
  async turn(): Promise<void> {
    const now = this.clock.monotonicMs();
    const at = Math.max(this.nextAt, now - this.burstMs);
    this.nextAt = at + this.gapMs;
    if (at > now) await this.wait(at - now);
  }
}
