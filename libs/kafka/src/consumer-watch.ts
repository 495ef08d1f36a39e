/**
 * Whether a kafkajs consumer still lives.
 * Guarantee: `onEnd` is called when it has stopped for good without being told to, and when it has given no sign for two
 * minutes, which no outage of the broker explains.
 * Limit: time is counted in ticks of the event loop, so that a process that was suspended is not taken for a dead one.
 */
import type { Consumer } from 'kafkajs';

const TICK_MS = 5_000;
const SILENT_TICKS = 24;

export class ConsumerWatch {
  private timer: NodeJS.Timeout | undefined;
  private silentTicks = 0;
  private outsideSince: number | undefined = performance.now();

  constructor(
    consumer: Consumer,
    private readonly onEnd: (error: unknown) => void,
  ) {
    const { CONNECT, CRASH, FETCH, GROUP_JOIN, HEARTBEAT, REBALANCING, STOP } = consumer.events;
    for (const event of [CONNECT, FETCH, HEARTBEAT] as const) consumer.on(event, () => this.sign());
    consumer.on(GROUP_JOIN, () => this.joined());
    for (const event of [REBALANCING, STOP] as const) consumer.on(event, () => this.left());
    consumer.on(CRASH, ({ payload }) => {
      this.left();
      if (!payload.restart) this.end(payload.error);
    });
  }

  /** The consumer is being started: from now on silence counts. */
  start(): void {
    this.timer ??= setInterval(() => this.tick(), TICK_MS).unref();
  }

  /** For how long the consumer has not been a member of its group; 0 when it is one. */
  get outsideMs(): number {
    return this.outsideSince === undefined ? 0 : performance.now() - this.outsideSince;
  }

  /** From now on an end is what is wanted. */
  stop(): void {
    clearInterval(this.timer);
    this.end = () => undefined;
  }

  private sign(): void {
    this.silentTicks = 0;
  }

  private joined(): void {
    this.sign();
    this.outsideSince = undefined;
  }

  private left(): void {
    this.sign();
    this.outsideSince ??= performance.now();
  }

  private tick(): void {
    this.silentTicks += 1;
    if (this.silentTicks >= SILENT_TICKS) this.end(new Error(`The consumer gave no sign for ${(SILENT_TICKS * TICK_MS) / 1_000} s.`));
  }

  private end: (error: unknown) => void = (error) => {
    this.stop();
    this.onEnd(error);
  };
}
