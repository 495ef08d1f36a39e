import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Logger } from '@postrider/runtime';
import { EndpointDirectory } from '../endpoints/endpoint-directory.js';
import { DeliveryStore, type Wanted } from '../queue/delivery-store.js';
import type { Delivery } from '../queue/delivery.js';
import { Custody } from './custody.js';
import { Lanes } from './lanes.js';
import { Sender } from './sender.service.js';

const BUSY_MS = 10;
const IDLE_MS = 500;

/** The queue and the way out of it, as the claimer needs them. */
@Injectable()
export class ClaimerRoute {
  constructor(
    readonly store: DeliveryStore,
    readonly lanes: Lanes,
    readonly sender: Sender,
  ) {}
}

/**
 * Fetches what is due: retries, what the dead left behind, what found no room. Looks often while there is something to
 * find and twice a second otherwise; new statuses do not pass through here while there is room.
 */
@Injectable()
export class Claimer implements OnApplicationBootstrap {
  private timer: NodeJS.Timeout | undefined;
  private delayMs = BUSY_MS;
  private stopped = false;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly route: ClaimerRoute,
    private readonly directory: EndpointDirectory,
    private readonly custody: Custody,
    private readonly logger: Logger,
  ) {
    route.lanes.onHunger(() => this.soon());
  }

  onApplicationBootstrap(): void {
    this.schedule();
  }

  /** Something was put into the queue that may be due now. */
  soon(): void {
    if (this.delayMs === BUSY_MS || this.stopped) return;
    this.delayMs = BUSY_MS;
    if (!this.looking) this.schedule();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.looking = this.look().finally(() => {
        this.looking = undefined;
        this.schedule();
      });
    }, this.delayMs);
  }

  private async look(): Promise<void> {
    this.delayMs = Math.min(this.delayMs * 2, IDLE_MS);
    try {
      // What could not be started when it came, because the lease or the database was away.
      this.route.sender.pumpAll();
      if ((await this.fetch()) > 0) this.delayMs = BUSY_MS;
    } catch (error) {
      this.delayMs = IDLE_MS;
      this.logger.warn('deliveries.not-claimed', { error });
    }
  }

  private async fetch(): Promise<number> {
    const worker = this.custody.lease.current();
    if (worker === null || !this.custody.mayCall()) return 0;
    const wanted = this.route.lanes.wanted(this.directory.enabledIds());
    if (wanted.length === 0) return 0;
    const deliveries = await this.route.store.claim(worker, wanted);
    this.route.sender.offer(worker, deliveries);
    this.noteBacklogs(wanted, deliveries);
    return deliveries.length;
  }

  private noteBacklogs(wanted: readonly Wanted[], deliveries: readonly Delivery[]): void {
    const found = Map.groupBy(deliveries, ({ endpointId }) => endpointId);
    for (const { endpointId, places } of wanted) {
      const count = found.get(endpointId)?.length ?? 0;
      if (count > 0 || this.route.lanes.of(endpointId).isBehind) this.route.lanes.of(endpointId).isBehind = count >= places;
    }
  }
}
