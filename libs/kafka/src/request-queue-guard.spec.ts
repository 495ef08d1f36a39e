import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { guardRequestQueue, requestQueueClass } from './request-queue-guard.js';

const { version } = createRequire(import.meta.url)('kafkajs/package.json') as { version: string };

interface Queue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: unknown;
  inflight: Map<number, unknown>;
  scheduleCheckPendingRequests: () => void;
  checkPendingRequests: () => void;
  destroy: () => void;
}

function aQueue(): Queue {
  const RequestQueue = requestQueueClass() as unknown as new (options: object) => Queue;
  const logger = { debug: () => undefined, warn: () => undefined };
  return new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1_000, enforceRequestTimeout: false, clientId: 'spec', broker: 'spec', logger });
}

describe(guardRequestQueue.name, () => {
  beforeEach(() => {
    jest.useFakeTimers();
    guardRequestQueue();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('knows this version of kafkajs; with another, read its request queue again', () => {
    expect(version).toBe('2.2.4');
    expect(aQueue()).toMatchObject({ pending: [], throttledUntil: -1, throttleCheckTimeoutId: null });
  });

  it('arms no timer while nothing waits', () => {
    const queue = aQueue();

    queue.checkPendingRequests();

    expect(queue.throttleCheckTimeoutId).toBeNull();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('arms one while a request waits', () => {
    const queue = aQueue();
    queue.inflight.set(1, {});
    queue.pending.push({});

    queue.checkPendingRequests();

    expect(jest.getTimerCount()).toBe(1);
    queue.destroy();
  });

  it('arms one while the broker throttles, and none after that', () => {
    const queue = aQueue();
    queue.throttledUntil = Date.now() + 500;

    queue.checkPendingRequests();
    const during = jest.getTimerCount();
    jest.advanceTimersByTime(501);

    expect([during, jest.getTimerCount()]).toEqual([1, 0]);
  });
});
