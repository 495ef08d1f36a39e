/**
 * Two habits of kafkajs cost a process more than the requests themselves; the guard takes them away.
 * Guarantee: the 1 ms timer of a connection is armed only while requests are pending or the broker throttles us (it costs an idle
 * process 4 % of a core), and an answered request lets go of its bytes and of those of its answer (kafkajs keeps requests in a
 * Map, of which see InFlight of runtime).
 * Limit: it knows the internals of kafkajs 2.2.4; its spec fails when they change.
 */
import { createRequire } from 'node:module';

interface SocketRequest {
  entry: unknown;
  sendRequest: unknown;
  timeoutHandler: unknown;
}

interface Answer {
  correlationId: number;
}

interface RequestQueue {
  pending: readonly unknown[];
  inflight: ReadonlyMap<number, SocketRequest>;
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
  fulfillRequest(answer: Answer): void;
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
  const schedule = methodOf(prototype, 'scheduleCheckPendingRequests');
  const fulfill = methodOf(prototype, 'fulfillRequest');
  prototype.scheduleCheckPendingRequests = function guarded(this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
  prototype.fulfillRequest = function guarded(this: RequestQueue, answer: Answer): void {
    const request = this.inflight.get(answer.correlationId);
    fulfill.call(this, answer);
    if (request) request.entry = request.sendRequest = request.timeoutHandler = undefined;
  };
  prototype[GUARDED] = true;
}

/** To be called with a queue of one's own. */
function methodOf<Name extends 'fulfillRequest' | 'scheduleCheckPendingRequests'>(prototype: RequestQueue, name: Name): RequestQueue[Name] {
  return (Object.getOwnPropertyDescriptor(prototype, name) as { value: RequestQueue[Name] }).value;
}
