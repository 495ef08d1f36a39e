import { Injectable } from '@nestjs/common';
import type { Delivery, NewDelivery } from '../queue/delivery.js';
import { DeliveryStore, type Stored } from '../queue/delivery-store.js';
import { WorkerLease } from '../queue/worker-lease.js';
import { Claimer } from './claimer.js';
import { Lanes } from './lanes.js';
import { Sender } from './sender.service.js';

const MAX_ROWS = 1_000;

/**
 * The way into the queue. When `take` resolves, everything is stored and cannot be lost; what is new, has room and waits
 * for nobody is already being sent. A repeat stores and sends nothing.
 */
@Injectable()
export class Intake {
  constructor(
    private readonly store: DeliveryStore,
    private readonly lease: WorkerLease,
    private readonly lanes: Lanes,
    private readonly sender: Sender,
    private readonly claimer: Claimer,
  ) {}

  async take(deliveries: readonly NewDelivery[]): Promise<void> {
    for (let at = 0; at < deliveries.length; at += MAX_ROWS) await this.takeSome(deliveries.slice(at, at + MAX_ROWS));
  }

  private async takeSome(deliveries: readonly NewDelivery[]): Promise<void> {
    const worker = this.lease.current();
    const rows = this.markClaims(deliveries, worker !== null);
    const stored = await this.store.add(worker, rows);
    if (worker !== null) this.sender.offer(worker, claimedOf(rows, stored));
    if (stored.some(({ claimed }) => !claimed)) this.claimer.soon();
  }

  /** Claims the first status of each message here, as far as its lane has room. */
  private markClaims(deliveries: readonly NewDelivery[], mayClaim: boolean): (NewDelivery & { claim: boolean })[] {
    const seen = new Set<string>();
    const room = new Map<string, number>();
    return deliveries.map((delivery) => {
      const { endpointId, messageId } = delivery;
      const left = room.get(endpointId) ?? this.lanes.of(endpointId).room;
      const message = `${endpointId}/${messageId}`;
      const claim = mayClaim && left > 0 && !seen.has(message);
      seen.add(message);
      room.set(endpointId, claim ? left - 1 : left);
      if (left <= 0) this.lanes.of(endpointId).isBehind = true;
      return { ...delivery, claim };
    });
  }
}

function claimedOf(rows: readonly NewDelivery[], stored: readonly Stored[]): Delivery[] {
  const claimed = new Set(stored.filter((row) => row.claimed).map(({ id }) => id));
  return rows.filter(({ id }) => claimed.has(id)).map((row) => ({ ...row, attempts: 0, calls: 0 }));
}
