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

const startAll = (lane: EndpointLane): number => {
  let started = 0;
  while (lane.next()) started += 1;
  return started;
};

describe(EndpointLane.name, () => {
  it('hands deliveries out in order, as many at once as it may', () => {
    const lane = laneWith(6);

    const ids = [lane.next(), lane.next(), lane.next(), lane.next(), lane.next()].map((delivery) => delivery?.id);

    expect(ids).toEqual(['0', '1', '2', '3', undefined]);
    lane.ended(true);
    expect(lane.next()?.id).toBe('4');
  });

  it('shrinks to one call at once for an endpoint that gives no answers, and grows again with answers', () => {
    const lane = laneWith(100);
    for (let failures = 0; failures < 3; failures++) {
      const started = startAll(lane);
      for (let ended = 0; ended < started; ended++) lane.ended(false);
    }

    expect(startAll(lane)).toBe(1);
    lane.ended(true);
    expect(startAll(lane)).toBe(2);
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
