import { columnsOf, type Sql } from '@postrider/database';
import type { ExecutionResolved } from '@postrider/contracts';
import { TALLY_JSON, tallyChangesIn, type TallyChanges, type TallyRow } from './ledger-rows.js';

const SUM = 't.sent + t.failed + t.excluded + t.expired + t.cancelled + t.unknown + coalesce(excluded.unresolved, t.unresolved, 0)';

/** What an execution never came to is set and never added to; it stays when the first fact, which does not know of it, comes again. */
const STATEMENT = `
  INSERT INTO tallies AS t (execution_id, tenant_id, campaign_id, request_id, accepted_at, targeted, unresolved, completed_at)
  SELECT i.*, CASE WHEN i.targeted = coalesce(i.unresolved, 0) THEN $8::timestamptz END
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::integer[], $7::integer[])
    AS i (execution_id, tenant_id, campaign_id, request_id, accepted_at, targeted, unresolved) ORDER BY 1
  ON CONFLICT (execution_id) DO UPDATE SET targeted = excluded.targeted, unresolved = coalesce(excluded.unresolved, t.unresolved),
    completed_at = CASE WHEN excluded.targeted = ${SUM} THEN coalesce(t.completed_at, $8::timestamptz) END
  RETURNING ${TALLY_JSON} AS tally`;

/** Says how many recipients executions have. Answers those that are complete by that, also when it is said again. */
export async function targetExecutions(sql: Sql, executions: readonly ExecutionResolved[], now: Date): Promise<TallyChanges> {
  const rows = withUnresolved(executions);
  const columns = columnsOf(rows, ['executionId', 'tenantId', 'campaignId', 'requestId', 'acceptedAt', 'targeted', 'unresolved']);
  return tallyChangesIn(await sql.query<{ tally: TallyRow }>(STATEMENT, [...columns, now], { name: 'target-executions' }));
}

/** One row for each execution: the last fact, with what any of them says of recipients that were never reached. */
function withUnresolved(executions: readonly ExecutionResolved[]): (Omit<ExecutionResolved, 'unresolved'> & { unresolved: number | null })[] {
  const byId = new Map<string, Omit<ExecutionResolved, 'unresolved'> & { unresolved: number | null }>();
  for (const { unresolved, ...execution } of executions) {
    byId.set(execution.executionId, { ...execution, unresolved: unresolved ?? byId.get(execution.executionId)?.unresolved ?? null });
  }
  return [...byId.values()];
}
