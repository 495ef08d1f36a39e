import type { Clock } from '@postrider/runtime';

/** Time that passes only when told to. */
export class FakeClock implements Clock {
  private elapsedMs = 0;

  constructor(private readonly start = new Date('2026-01-01T00:00:00.000Z')) {}

  now(): Date {
    return new Date(this.start.getTime() + this.elapsedMs);
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  advance(ms: number): void {
    this.elapsedMs += ms;
  }
}
