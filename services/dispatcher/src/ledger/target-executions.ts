import { columnsOf, type Sql } from '@postrider/database';
import type { ExecutionResolved } from '@postrider/contracts';
import type { CompletedExecution } from './fact.js';
import { TALLY_JSON } from './ledger-rows.js';

const STATEMENT = `
  INSERT INTO tallies AS t (execution_id, tenant_id, campaign_id, request_id, accepted_at, targeted)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::integer[]) AS i (execution_id) ORDER BY 1
  ON CONFLICT (execution_id) DO UPDATE SET targeted = excluded.targeted,
    completed_at = CASE WHEN excluded.targeted = t.sent + t.failed + t.excluded + t.expired + t.cancelled + t.unknown
                        THEN coalesce(t.completed_at, $7::timestamptz) END
  RETURNING CASE WHEN t.completed_at IS NOT NULL THEN ${TALLY_JSON} END AS tally`;

/** Says how many recipients executions have. Answers those that are complete by that, also when it is said again. */
export async function targetExecutions(sql: Sql, executions: readonly ExecutionResolved[], now: Date): Promise<CompletedExecution[]> {
  const distinct = [...new Map(executions.map((execution) => [execution.executionId, execution])).values()];
  const columns = columnsOf(distinct, ['executionId', 'tenantId', 'campaignId', 'requestId', 'acceptedAt', 'targeted']);
  const rows = await sql.query<{ tally: (CompletedExecution & { completedAt: string }) | null }>(STATEMENT, [...columns, now], { name: 'target-executions' });
  return rows.flatMap(({ tally }) => (tally ? [{ ...tally, completedAt: new Date(tally.completedAt) }] : []));
}
