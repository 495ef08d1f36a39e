import { describe, expect, it } from '@jest/globals';
import type { Delivery } from '../queue/delivery.js';
import { EndpointLane } from './endpoint-lane.js';

const aDelivery = (id: number): Delivery => ({
  id: String(id), tenantId: 't', endpointId: 'e', messageId: 'm', sequence: 1, body: '{}', attempts: 0, calls: 0, occurredAt: new Date(0),
});

function laneWith(count: number): EndpointLane {
  const lane = new EndpointLane('e', 4);
  for (let id = 0; id < count; id++) lane.add(aDelivery(id));
  return lane;
}

const startAll = (lane: EndpointLane): Delivery[] => {
  const started: Delivery[] = [];
  for (let next = lane.next(); next; next = lane.next()) started.push(next);
  return started;
};

describe(EndpointLane.name, () => {
  it('hands deliveries out in order, as many at once as it may', () => {
    const lane = laneWith(6);

    const started = startAll(lane);

    expect(started.map(({ id }) => id)).toEqual(['0', '1', '2', '3']);
    lane.ended(started[2]!, true);
    expect(lane.next()?.id).toBe('4');
    expect([...lane.held()].map(({ id }) => id)).toEqual(['5', '0', '1', '3', '4']);
  });

  it('shrinks to one call at once for an endpoint that gives no answers, and grows again with answers', () => {
    const lane = laneWith(100);
    for (let failures = 0; failures < 3; failures++) {
      for (const delivery of startAll(lane)) lane.ended(delivery, false);
    }

    const [only, ...others] = startAll(lane);
    expect(others).toEqual([]);
    lane.ended(only!, true);
    expect(startAll(lane)).toHaveLength(2);
    expect(lane.room).toBeLessThan(50);
  });

  it('takes nothing new while more waits in the queue than it fetched', () => {
    const lane = laneWith(0);
    expect(lane.room).toBe(100);

    lane.isBehind = true;

    expect(lane.room).toBe(0);
    expect(lane.wanted).toBe(16);
  });

  it('lets go of what waits, and keeps what is under way', () => {
    const lane = laneWith(3);
    lane.next();

    const released = lane.empty();

    expect(released.map(({ id }) => id)).toEqual(['1', '2']);
    expect(lane.inFlight).toBe(1);
    expect(lane.next()).toBeUndefined();
  });
});
