import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Consumer } from 'kafkajs';
import { ConsumerWatch } from './consumer-watch.js';

const events = { CONNECT: 'connect', CRASH: 'crash', FETCH: 'fetch', GROUP_JOIN: 'join', HEARTBEAT: 'heartbeat', REBALANCING: 'rebalancing', STOP: 'stop' };

function watched(): { emit: (event: string, payload?: object) => void; watch: ConsumerWatch; ends: unknown[] } {
  const emitter = new EventEmitter();
  const ends: unknown[] = [];
  const consumer = { events, on: (event: string, listener: (event: object) => void) => emitter.on(event, listener) } as unknown as Consumer;
  const watch = new ConsumerWatch(consumer, (error) => ends.push(error));
  watch.start();
  return { emit: (event, payload = {}) => void emitter.emit(event, { payload }), watch, ends };
}

describe(ConsumerWatch.name, () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells when the client ended for good, once', () => {
    const { emit, ends } = watched();
    const error = new TypeError('a bug');

    emit('crash', { restart: false, error });
    emit('crash', { restart: false, error });

    expect(ends).toEqual([error]);
  });

  it('lets the client restart what it can', () => {
    const { emit, ends } = watched();

    emit('crash', { restart: true, error: new Error('no broker') });

    expect(ends).toEqual([]);
  });

  it('tells when the client has gone silent', () => {
    const { emit, ends, watch } = watched();

    jest.advanceTimersByTime(119_000);
    emit('heartbeat');
    jest.advanceTimersByTime(110_000);
    const early = ends.length;
    jest.advanceTimersByTime(15_000);

    expect([early, ends.length]).toEqual([0, 1]);
    watch.stop();
  });

  it('takes an end for what is wanted after stop', () => {
    const { emit, ends, watch } = watched();

    watch.stop();
    emit('crash', { restart: false, error: new Error('x') });
    jest.advanceTimersByTime(600_000);

    expect(ends).toEqual([]);
  });

  it('knows for how long the consumer has been out of its group', () => {
    const { emit, watch } = watched();
    emit('join');
    const inside = watch.outsideMs;

    emit('rebalancing');
    jest.advanceTimersByTime(7_000);

    expect([inside, Math.round(watch.outsideMs)]).toEqual([0, 7_000]);
    watch.stop();
  });
});
