import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@postrider/runtime';
import type { LapsedAttempt } from '../ledger/leases.js';
import { DISPATCH_OPTIONS, type DispatchOptions } from './dispatch-options.js';

interface Sighting {
  leaseUntilMs: number;
  sinceMs: number;
}

/** Of a lease, the time between the first look at its end and the verdict. */
const GRACE_SHARE = 1 / 6;

/**
 * Tells holders that are dead from those that could not reach the database, as nobody could.
 * Guarantee: a lease that ran out counts as abandoned only when it was seen before, and had not been extended a while later.
 */
@Injectable()
export class LapsedAttempts {
  private sightings = new Map<string, Sighting>();

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(DISPATCH_OPTIONS) private readonly options: DispatchOptions,
  ) {}

  /** The tokens of those that are abandoned. */
  abandonedAmong(lapsed: readonly LapsedAttempt[]): string[] {
    const now = this.clock.monotonicMs();
    const before = this.sightings;
    this.sightings = new Map(
      lapsed.map(({ token, leaseUntil }) => {
        const known = before.get(token);
        const isSame = known?.leaseUntilMs === leaseUntil.getTime();
        return [token, isSame ? known : { leaseUntilMs: leaseUntil.getTime(), sinceMs: now }];
      }),
    );
    return [...this.sightings].filter(([, { sinceMs }]) => now - sinceMs >= this.options.leaseMs * GRACE_SHARE).map(([token]) => token);
  }
}
