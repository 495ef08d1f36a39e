/** Time as a dependency, so that rules about time are tested without waiting. */
export interface Clock {
  now(): Date;
  /** Milliseconds that never go backwards, for durations. */
  monotonicMs(): number;
}

export const CLOCK = Symbol('Clock');

export class SystemClock implements Clock {
  now(): Date {
    return new Date();
  }

  monotonicMs(): number {
    return performance.now();
  }
}
