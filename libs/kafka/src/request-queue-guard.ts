/**
 * kafkajs keeps a 1 ms timer turning in each connection although nothing waits, which costs an idle process 4 % of a core.
 * Guarantee: with the guard the timer is armed only while requests are pending or the broker throttles us.
 * Limit: it knows the internals of kafkajs 2.2.4; its spec fails when they change.
 */
import { createRequire } from 'node:module';

interface RequestQueue {
  pending: readonly unknown[];
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

interface RequestQueueClass {
  prototype: RequestQueue;
}

const GUARDED = Symbol('postrider.guarded');

/** The class inside of kafkajs; exported for the spec that watches it. */
export function requestQueueClass(): RequestQueueClass {
  return createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as RequestQueueClass;
}

/** Arms the guard, once for the process. */
export function guardRequestQueue(): void {
  const prototype = requestQueueClass().prototype as RequestQueue & { [GUARDED]?: boolean };
  if (prototype[GUARDED]) return;
  const { value: original } = Object.getOwnPropertyDescriptor(prototype, 'scheduleCheckPendingRequests') as { value: (this: RequestQueue) => void };
  prototype.scheduleCheckPendingRequests = function schedule(this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) original.call(this);
  };
  prototype[GUARDED] = true;
}
