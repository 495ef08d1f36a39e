/**
 * Guarantee: every committed change reaches the topic, in the order of the changes, at least once; a state that was
 * published is never the last word when a newer one was committed.
 * Limits: all-or-nothing holds for each thing, not for the several things of one edit.
 * Failure modes: broker down: changes stay pending and are tried every second. A process that dies between commit and
 * publish, or between publish and mark: the next pass of any process publishes. A pass that failed may still have
 * reached the log later than a newer state that another process published meanwhile: its things are published again.
 */
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { ConfigurationChanged, configurationKeyOf, type Configuration } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { MessagePublisher } from '@postrider/kafka';
import { Logger, Metrics, within } from '@postrider/runtime';
import { ConfigurationTopic } from './configuration-topic.js';
import { markAllPending, markPending, markPublished, oldestPendingSeconds, pendingEntries, takeTurn, type PendingEntry } from './outbox-statements.js';

const BATCH = 500;
const POLL_MS = 1_000;
const STOP_PATIENCE_MS = 1_000;

@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private running: Promise<void> | undefined;
  private queued: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Handed to the broker by a pass that failed. */
  private readonly doubtful = new Map<string, PendingEntry>();
  private topicChecked = false;

  constructor(
    private readonly sql: Sql,
    private readonly publisher: MessagePublisher,
    private readonly topic: ConfigurationTopic,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    metrics.gauge('outbox_oldest_pending_seconds', 'Age of the oldest change that the topic does not have', [], async (gauge) => gauge.set({}, await oldestPendingSeconds(this.sql)));
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.settle(POLL_MS), POLL_MS).unref();
    void this.settle(POLL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    if (this.running) await this.settle(STOP_PATIENCE_MS);
  }

  /** Waits until what is committed by now is published, at most this long. Never rejects. */
  async settle(patienceMs: number): Promise<void> {
    const published = this.publishPending().catch((error: unknown) => this.logger.warn('outbox.publish-failed', { error }));
    await within(patienceMs, published);
  }

  /** Publishes the whole configuration again; answers how many things that are. */
  async publishAll(): Promise<number> {
    const count = await markAllPending(this.sql);
    this.logger.info('outbox.republish', { count });
    await this.publishPending();
    return count;
  }

  /** Joins a pass that has not begun yet, or makes one: it sees everything committed before this call. */
  publishPending(): Promise<void> {
    if (!this.running) return this.start();
    this.queued ??= this.running.catch(() => undefined).then(() => {
      this.queued = undefined;
      return this.running ?? this.start();
    });
    return this.queued;
  }

  private start(): Promise<void> {
    this.running = this.pass().finally(() => (this.running = undefined));
    return this.running;
  }

  private async pass(): Promise<void> {
    await this.repairEmptyTopic();
    while ((await this.publishBatch()) === BATCH);
  }

  /** Once after the start: a topic that lost its configuration gets it back. */
  private async repairEmptyTopic(): Promise<void> {
    if (this.topicChecked) return;
    if (await this.topic.isEmpty()) await markAllPending(this.sql);
    this.topicChecked = true;
  }

  private publishBatch(): Promise<number> {
    return this.sql.transaction(async (sql) => {
      await takeTurn(sql);
      if (this.doubtful.size > 0) await markPending(sql, [...this.doubtful.values()]);
      const entries = await pendingEntries(sql, BATCH);
      for (const entry of entries) this.doubtful.set(configurationKeyOf(entry.kind, entry.id), entry);
      for (const run of runsOf(entries)) await this.publish(run);
      await markPublished(sql, entries);
      for (const entry of entries) this.doubtful.delete(configurationKeyOf(entry.kind, entry.id));
      return entries.length;
    });
  }

  private async publish(run: readonly PendingEntry[]): Promise<void> {
    const payloads = run.map(({ payload }) => payload).filter((payload): payload is Configuration => payload !== null);
    if (payloads.length > 0) return this.publisher.publish(ConfigurationChanged, payloads);
    for (const { kind, id } of run) await this.publisher.tombstone(ConfigurationChanged, configurationKeyOf(kind, id));
  }
}

/** Neighbours that travel together: states in one request, tombstones on their own. */
function runsOf(entries: readonly PendingEntry[]): PendingEntry[][] {
  const runs: PendingEntry[][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run?.[0] && (run[0].payload === null) === (entry.payload === null)) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}
