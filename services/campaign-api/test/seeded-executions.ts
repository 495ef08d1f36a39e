import type { RunningApi } from './running-api.js';

/** The columns of the views that are read, as tables that a spec can fill. */
const STAND_INS = `
  DROP SCHEMA IF EXISTS ingest CASCADE; DROP SCHEMA IF EXISTS delivery CASCADE; CREATE SCHEMA ingest; CREATE SCHEMA delivery;
  CREATE TABLE ingest.execution_overview (execution_id text, tenant_id text, campaign_id text, request_id text, status text, targeted int, created_at timestamptz, created_by text);
  CREATE TABLE delivery.execution_status (execution_id text, tenant_id text, targeted int, sent int, failed int, excluded int, expired int, cancelled int, unknown int, pending int, completed_at timestamptz);
  CREATE TABLE delivery.message_status (message_id uuid, execution_id text, tenant_id text, user_id text, namespace text, state text, code text, reason text, failure jsonb, attempts int, timeline jsonb, updated_at timestamptz);
  GRANT USAGE ON SCHEMA ingest, delivery TO postrider_campaigns;
  GRANT SELECT ON ALL TABLES IN SCHEMA ingest, delivery TO postrider_campaigns;`;

export interface SeededExecution {
  id: string;
  requestId: string;
  campaignId?: string;
  at: string;
  targeted: number;
  /** What the ledger has; missing while it has nothing. */
  sent?: number;
  completedAt?: string;
  status?: string;
  messages?: { id: string; userId: string; state: string }[];
}

export async function prepareViews(api: RunningApi): Promise<void> {
  await api.sql(STAND_INS);
}

export async function seedExecution(api: RunningApi, tenantId: string, seeded: SeededExecution): Promise<void> {
  const { id, requestId, campaignId = 'campaign-1', at, targeted, sent, completedAt, status = 'InProgress', messages = [] } = seeded;
  await api.sql('INSERT INTO ingest.execution_overview VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', [id, tenantId, campaignId, requestId, status, targeted, at, 'key']);
  if (sent !== undefined) await api.sql('INSERT INTO delivery.execution_status VALUES ($1, $2, $3, $4, 0, 0, 0, 0, 0, $5, $6)', [id, tenantId, targeted, sent, targeted - sent, completedAt]);
  for (const { id: messageId, userId, state } of messages) {
    await api.sql(`INSERT INTO delivery.message_status VALUES ($1, $2, $3, $4, 'email', $5, NULL, NULL, NULL, 1, $6, now())`, [
      messageId, id, tenantId, userId, state, JSON.stringify([{ state: 'accepted', at }]),
    ]);
  }
}

/** One execution of a tenant with one message. */
export async function seedExecutions(api: RunningApi, tenantId: string): Promise<string> {
  const id = 'UMA-6f0f8f5e-2c1b-5d6a-9a41-7f3f7b0e5c92';
  await prepareViews(api);
  await seedExecution(api, tenantId, {
    id, requestId: 'globex-request', at: '2026-01-01T00:00:00Z', targeted: 1, sent: 1,
    messages: [{ id: '5f2c1c0e-6f0e-5a43-8a3f-0c9f4c2f7d10', userId: 'ada@globex.test', state: 'sent' }],
  });
  return id;
}
