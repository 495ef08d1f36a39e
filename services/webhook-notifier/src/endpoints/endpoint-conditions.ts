/**
 * What endpoints asked for by their answers: a pause, or to be left alone.
 * Guarantee: every process sees a pause or stop with its next claim. A stopped endpoint keeps what waits for it and gets
 * nothing new; it starts again when an administrator edits or switches it.
 * Limits: calls that are under way in other processes when it is set are still made.
 */
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { WebhookEndpoint, WebhookEndpointCondition } from '@postrider/contracts';
import { Sql, columnsOf } from '@postrider/database';
import { ConfigurationTable } from '@postrider/kafka';
import { Logger } from '@postrider/runtime';
import { DeliveryStore } from '../queue/delivery-store.js';
import { EndpointDirectory, versionOf } from './endpoint-directory.js';

interface ConditionRow {
  state: WebhookEndpointCondition['state'];
  pausedUntil: Date | null;
  stoppedAt: Date | null;
  stopReason: 'gone' | 'disabled' | null;
  pending: string;
}

const PAUSE = `
  INSERT INTO endpoint_conditions AS c (endpoint_id, paused_until) VALUES ($1, now() + $2::float8 * interval '1 millisecond')
  ON CONFLICT (endpoint_id) DO UPDATE SET paused_until = greatest(c.paused_until, excluded.paused_until)`;
const STOP = `
  INSERT INTO endpoint_conditions AS c (endpoint_id, stopped_at, stop_reason, stopped_version) VALUES ($1, now(), $2, $3)
  ON CONFLICT (endpoint_id) DO UPDATE SET stopped_at = now(), stop_reason = excluded.stop_reason, stopped_version = excluded.stopped_version
  WHERE c.stopped_at IS NULL`;
const START = `
  DELETE FROM endpoint_conditions c USING unnest($1::text[], $2::text[], $3::boolean[]) AS now (endpoint_id, version, enabled)
  WHERE c.endpoint_id = now.endpoint_id AND c.stopped_at IS NOT NULL AND (c.stopped_version <> now.version OR NOT now.enabled)`;
const STOPPED = `SELECT endpoint_id AS "endpointId" FROM endpoint_conditions WHERE stopped_at IS NOT NULL`;
const READ = `
  SELECT CASE WHEN max(c.stopped_at) IS NOT NULL THEN 'stopped' WHEN max(c.paused_until) > $2 THEN 'paused' ELSE 'active' END AS state,
    max(c.paused_until) FILTER (WHERE c.paused_until > $2) AS "pausedUntil",
    max(c.stopped_at) AS "stoppedAt", max(c.stop_reason) AS "stopReason",
    (SELECT count(*) FROM deliveries d WHERE d.endpoint_id = $1 AND d.state = 'pending') AS pending
  FROM endpoint_conditions c WHERE c.endpoint_id = $1`;

@Injectable()
export class EndpointConditions implements OnApplicationBootstrap {
  constructor(
    private readonly sql: Sql,
    private readonly directory: EndpointDirectory,
    private readonly store: DeliveryStore,
    private readonly table: ConfigurationTable,
    private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.table.onChange(({ kind, id, value }) => {
      if (kind !== 'webhook-endpoint') return;
      const followed = value ? this.startEdited([id]) : this.store.abandon(id);
      followed.catch((error: unknown) => this.logger.warn('endpoint.change-not-followed', { endpointId: id, error }));
    });
    const stopped = await this.sql.query<{ endpointId: string }>(STOPPED);
    // Edits that were made while no process looked.
    await this.startEdited(stopped.map(({ endpointId }) => endpointId));
  }

  async pause(endpointId: string, ms: number): Promise<void> {
    await this.sql.query(PAUSE, [endpointId, ms], { name: 'endpoint-pause' });
    this.logger.info('endpoint.paused', { endpointId, ms });
  }

  async stop(endpoint: WebhookEndpoint, reason: 'gone' | 'disabled'): Promise<void> {
    await this.sql.query(STOP, [endpoint.id, reason, versionOf(endpoint)]);
    this.logger.warn('endpoint.stopped', { endpointId: endpoint.id, reason });
  }

  async conditionOf(endpointId: string, now: Date): Promise<WebhookEndpointCondition> {
    const [row] = await this.sql.query<ConditionRow>(READ, [endpointId, now]);
    if (!row) throw new Error('An aggregate gave no row.');
    const { state, pausedUntil, stoppedAt, stopReason, pending } = row;
    return { state, pausedUntil: instantOf(pausedUntil), stoppedAt: instantOf(stoppedAt), stopReason, pending: Number(pending) };
  }

  private async startEdited(endpointIds: readonly string[]): Promise<void> {
    const endpoints = endpointIds.flatMap((id) => this.directory.find(id) ?? []);
    const rows = endpoints.map((endpoint) => ({ id: endpoint.id, version: versionOf(endpoint), enabled: endpoint.enabled }));
    if (rows.length > 0) await this.sql.query(START, columnsOf(rows, ['id', 'version', 'enabled']));
  }
}

const instantOf = (date: Date | null): string | null => date?.toISOString() ?? null;
