/**
 * Takes deliveries to their endpoints.
 * Guarantee: what is in hand is called while the lease holds, each endpoint in a lane of its own, so a slow or dead one
 * delays no other; every call ends in a record.
 * Limits: calls under way when the process stops are given some seconds; those cut off are made again by another.
 * Failure modes: without Postgres nothing new is called, and results wait for it.
 */
import { Injectable } from '@nestjs/common';
import { EndpointDirectory } from '../endpoints/endpoint-directory.js';
import type { Delivery } from '../queue/delivery.js';
import { Custody } from './custody.js';
import { DeliveryAttempts } from './delivery-attempts.js';
import type { EndpointLane } from './endpoint-lane.js';
import { Lanes } from './lanes.js';
import { Restraint } from './restraint.js';

@Injectable()
export class Sender {
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly lanes: Lanes,
    private readonly directory: EndpointDirectory,
    private readonly attempts: DeliveryAttempts,
    private readonly restraint: Restraint,
    private readonly custody: Custody,
  ) {
    custody.lease.onLost(() => this.forget());
  }

  /**
   * Takes deliveries that were claimed under a name; left alone if that name is ours no more. While the lease is not sure to
   * hold, they wait until it is renewed, or lost.
   */
  offer(worker: string, deliveries: readonly Delivery[]): void {
    if (this.custody.lease.name() !== worker) return;
    const lanes = new Set<EndpointLane>();
    for (const delivery of deliveries) {
      const lane = this.lanes.of(delivery.endpointId);
      lane.add(delivery);
      lanes.add(lane);
    }
    for (const lane of lanes) this.pump(lane);
  }

  /** Starts what waits where that had to be put off. */
  pumpAll(): void {
    for (const lane of this.lanes.all()) this.pump(lane);
  }

  /** Drops what waits; its claims end otherwise. */
  forget(): void {
    for (const lane of this.lanes.all()) lane.empty();
  }

  /** Resolves when no call is under way. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  private pump(lane: EndpointLane): void {
    while (this.custody.mayCall()) {
      const delivery = lane.next();
      if (!delivery) return;
      const call = this.deliver(lane, delivery).finally(() => {
        this.underWay.delete(call);
        this.pump(lane);
        this.lanes.noteHunger(lane);
      });
      this.underWay.add(call);
    }
  }

  private async deliver(lane: EndpointLane, delivery: Delivery): Promise<void> {
    const endpoint = this.directory.find(delivery.endpointId);
    if (!endpoint?.enabled) {
      await this.restraint.giveBack([delivery, ...lane.empty()]);
      return lane.ended(delivery, true);
    }
    const { verdict, result, answered } = await this.attempts.make(endpoint, delivery);
    if (verdict.stop ?? verdict.pauseMs) {
      const waiting = lane.empty();
      await this.restraint.impose(endpoint, verdict);
      await this.restraint.giveBack(waiting);
    }
    this.custody.recorder.add(result);
    lane.ended(delivery, answered);
  }
}
