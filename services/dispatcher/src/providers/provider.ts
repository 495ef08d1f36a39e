import type { Clock } from '@postrider/runtime';
import type { Envelope, SendResult } from '../smtp/send-result.js';
import { Breaker } from './breaker.js';
import { Pacer } from './pacer.js';

/** What carries mails: an SMTP pool, or a test's stand-in. */
export interface Carrier {
  send(envelope: Envelope): Promise<SendResult>;
  close(): void;
}

export interface ProviderOptions {
  maxConnections: number;
  ratePerSecond: number | null;
}

/** One channel configuration's way out: its sessions, its rate and its breaker. */
export class Provider {
  readonly breaker: Breaker;
  readonly maxConnections: number;
  private readonly pacer: Pacer | undefined;

  constructor(
    private readonly carrier: Carrier,
    options: ProviderOptions,
    clock: Clock,
  ) {
    this.breaker = new Breaker(clock);
    this.maxConnections = options.maxConnections;
    if (options.ratePerSecond !== null) this.pacer = new Pacer(options.ratePerSecond, clock);
  }

  async send(envelope: Envelope): Promise<SendResult> {
    await this.pacer?.turn();
    if (!this.breaker.allows()) return { kind: 'not-handed-over', reason: 'the provider does not answer', isProviderDown: true };
    const result = await this.carrier.send(envelope);
    if (result.kind === 'not-handed-over' && result.isProviderDown) this.breaker.failed();
    else this.breaker.succeeded();
    return result;
  }

  close(): void {
    this.carrier.close();
  }
}
