import type { Clock } from '@postrider/runtime';
import type { Envelope, SendResult } from '../smtp/send-result.js';
import { Breaker } from './breaker.js';
import { Pacer } from './pacer.js';
import { Slots } from './slots.js';

/** What carries mails: an SMTP pool, or a test's stand-in. */
export interface Carrier {
  send(envelope: Envelope): Promise<SendResult>;
  close(): void;
}

export interface ProviderOptions {
  maxConnections: number;
  ratePerSecond: number | null;
}

/**
 * One channel configuration's way out: its places, its rate and its breaker.
 * Guarantee: at most `maxConnections` hold a place at a time, fewer right after an outage; places are given at most at the
 * provider's rate.
 */
export class Provider {
  readonly breaker: Breaker;
  readonly maxConnections: number;
  private readonly pacer: Pacer | undefined;
  private readonly slots: Slots;

  constructor(
    private readonly carrier: Carrier,
    options: ProviderOptions,
    clock: Clock,
  ) {
    this.breaker = new Breaker(clock);
    this.maxConnections = options.maxConnections;
    if (options.ratePerSecond !== null) this.pacer = new Pacer(options.ratePerSecond, clock);
    this.slots = new Slots(() => Math.min(options.maxConnections, this.breaker.width));
  }

  /** Milliseconds until the rate has a turn for one more than `ahead` others. */
  delayMs(ahead: number): number {
    return this.pacer?.delayMs(ahead) ?? 0;
  }

  /** Resolves with a place and a turn, or with false when there was none in time. A place must be left. */
  async enter(patienceMs: number): Promise<boolean> {
    if (!(await this.slots.enter(patienceMs))) return false;
    await this.pacer?.turn();
    return true;
  }

  leave(): void {
    this.slots.leave();
  }

  /** With a place only. */
  async send(envelope: Envelope): Promise<SendResult> {
    if (!this.breaker.allows()) return { kind: 'not-handed-over', reason: 'the provider does not answer', isProviderDown: true };
    const result = await this.carrier.send(envelope);
    if (isTrouble(result)) this.breaker.failed();
    else this.breaker.succeeded();
    return result;
  }

  close(): void {
    this.carrier.close();
  }
}

/** A provider that drops what it is given, or says that it closes, is no better than one that is away. */
const isTrouble = (result: SendResult): boolean =>
  result.kind === 'not-handed-over' || result.kind === 'unknown' || (result.kind === 'refused' && result.reply.code === 421);
