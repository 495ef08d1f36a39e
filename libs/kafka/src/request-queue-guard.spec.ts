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
  push: (request: object) => void;
  fulfillRequest: (answer: { correlationId: number; size: number; payload: Buffer }) => void;
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

  it('answers a request, which lets go of its bytes and of the answer', () => {
    const queue = aQueue();
    const resolve = jest.fn();
    const entry = { apiKey: 0, apiName: 'Produce', apiVersion: 7, correlationId: 1, resolve, reject: jest.fn() };
    queue.push({ entry, expectResponse: true, sendRequest: () => undefined });
    const request = queue.inflight.get(1);

    queue.fulfillRequest({ correlationId: 1, size: 4, payload: Buffer.from('done') });

    expect(resolve).toHaveBeenCalledWith(expect.objectContaining({ payload: Buffer.from('done') }));
    expect(Object.values(request ?? {}).filter((held) => typeof held === 'function' || held === entry)).toEqual([]);
  });
});
