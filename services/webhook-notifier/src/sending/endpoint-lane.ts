import { InFlight } from '@postrider/runtime';
import type { Delivery } from '../queue/delivery.js';

/** Deliveries held for each call that may be made at once: enough to go on with while the next are fetched. */
const HELD_PER_CALL = 25;
const FETCHED_PER_CALL = 4;

/**
 * What one endpoint has waiting and under way in this process.
 * Guarantee: it makes at most `limit` calls at once. The limit halves with each call that got no answer, down to 1, and
 * grows by 1 with each that got one, so a dead endpoint holds one connection, and a living one as many as it may.
 */
export class EndpointLane {
  /** More waits in the database than was fetched; new deliveries queue up behind it. */
  isBehind = false;
  private waiting: Delivery[] = [];
  private readonly calling = new InFlight<Delivery>();
  private limit: number;

  constructor(
    readonly endpointId: string,
    private readonly maxLimit: number,
  ) {
    this.limit = maxLimit;
  }

  get inFlight(): number {
    return this.calling.size;
  }

  /** How many new deliveries it takes at once. */
  get room(): number {
    return this.isBehind ? 0 : Math.max(0, this.limit * HELD_PER_CALL - this.waiting.length);
  }

  /** How many to fetch; 0 while there is enough to do. */
  get wanted(): number {
    return this.waiting.length >= this.limit ? 0 : this.limit * FETCHED_PER_CALL - this.waiting.length;
  }

  add(delivery: Delivery): void {
    this.waiting.push(delivery);
  }

  /** The next to be called; it counts as a call until {@link ended}. */
  next(): Delivery | undefined {
    if (this.calling.size >= this.limit) return undefined;
    const delivery = this.waiting.shift();
    if (delivery) this.calling.add(delivery);
    return delivery;
  }

  ended(delivery: Delivery, answered: boolean): void {
    this.calling.delete(delivery);
    this.limit = answered ? Math.min(this.maxLimit, this.limit + 1) : Math.max(1, Math.floor(this.limit / 2));
  }

  /** What waits and what is called. */
  *held(): Generator<Delivery> {
    yield* this.waiting;
    yield* this.calling;
  }

  /** Takes away what waits. */
  empty(): Delivery[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }
}
