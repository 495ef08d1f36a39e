import type { Sql } from '@postrider/database';
import type { CompletedExecution, LedgerMessage } from './fact.js';
import { MESSAGE_COLUMNS, TALLY_JSON, tallyChangesIn, type TallyRow } from './ledger-rows.js';

/** Messages as the ledger has them; those that it does not know are left out. */
export function readMessages(sql: Sql, messageIds: readonly string[]): Promise<LedgerMessage[]> {
  return sql.query<LedgerMessage>(`SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.message_id = ANY($1::uuid[]) ORDER BY m.message_id`, [messageIds], { name: 'read-messages' });
}

/** Of these executions, those of which nothing is pending. */
export async function readCompleted(sql: Sql, executionIds: readonly string[]): Promise<CompletedExecution[]> {
  const rows = await sql.query<{ tally: TallyRow }>(
    `SELECT ${TALLY_JSON} AS tally FROM tallies t WHERE t.execution_id = ANY($1::text[]) AND t.completed_at IS NOT NULL ORDER BY t.execution_id`,
    [executionIds],
    { name: 'read-completed' },
  );
  return tallyChangesIn(rows).completed;
}
