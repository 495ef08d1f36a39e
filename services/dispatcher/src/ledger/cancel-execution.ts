import type { Sql } from '@postrider/database';
import { hastenRetries } from './due-retries.js';

/**
 * Marks an execution as cancelled, which ends a pause as well: what the ledger has not met yet will be cancelled when it does,
 * and what waits is due at once and ends then.
 */
export async function markCancelled(sql: Sql, executionId: string, tenantId: string, now: Date): Promise<void> {
  await sql.transaction(async (transaction) => {
    await transaction.query(
      'INSERT INTO cancellations (execution_id, tenant_id, cancelled_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [executionId, tenantId, now],
    );
    await transaction.query('DELETE FROM pauses WHERE execution_id = $1 AND tenant_id = $2', [executionId, tenantId]);
    await hastenRetries(transaction, { executionIds: [executionId] }, now);
  });
}
