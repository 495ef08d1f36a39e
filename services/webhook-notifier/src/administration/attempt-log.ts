import { Injectable } from '@nestjs/common';
import type { WebhookAttemptRecord } from '@postrider/contracts';
import { Sql, columnsOf } from '@postrider/database';
import type { Attempt } from '../queue/delivery.js';

export interface AttemptRows {
  items: WebhookAttemptRecord[];
  /** Where the next page begins; undefined on the last one. */
  next: string | undefined;
}

type Row = Attempt & { id: string };

const COLUMNS = [
  'webhookId', 'endpointId', 'messageId', 'sequence', 'number', 'startedAt', 'durationMillis', 'outcome', 'statusCode', 'error', 'answer',
] as const;

const ADD = `
  INSERT INTO attempts (webhook_id, endpoint_id, message_id, sequence, number, started_at, duration_millis, outcome, status_code, error, answer)
  SELECT * FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::timestamptz[], $7::integer[], $8::text[], $9::smallint[],
    $10::text[], $11::text[]
  )`;

/** Newest first: by the order in which they were written down. */
const READ = `
  SELECT id, webhook_id AS "webhookId", endpoint_id AS "endpointId", message_id AS "messageId", sequence, number, started_at AS "startedAt",
    duration_millis AS "durationMillis", outcome, status_code AS "statusCode", error, answer
  FROM attempts WHERE endpoint_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`;

/** The calls of an endpoint, as people read them. */
@Injectable()
export class AttemptLog {
  constructor(private readonly sql: Sql) {}

  async add(attempt: Attempt): Promise<void> {
    await this.sql.query(ADD, columnsOf([attempt], COLUMNS));
  }

  /** @param before `next` of the page before */
  async read(endpointId: string, before: string | undefined, limit: number): Promise<AttemptRows> {
    const rows = await this.sql.query<Row>(READ, [endpointId, before ?? null, limit + 1], { name: 'attempts-read' });
    const page = rows.slice(0, limit);
    return { items: page.map(recordOf), next: rows.length > limit ? page.at(-1)?.id : undefined };
  }
}

function recordOf({ webhookId, messageId, sequence, number, startedAt, durationMillis, outcome, statusCode, error, answer }: Row): WebhookAttemptRecord {
  return { webhookId, messageId, sequence, number, startedAt: startedAt.toISOString(), durationMillis, outcome, statusCode, error, answer };
}
