import type { JsonObject } from '@postrider/contracts';
import type { Sql } from '@postrider/database';

export interface SharedContext {
  executionId: string;
  context: JsonObject;
}

/** The contexts that executions have for all of their recipients: a view of ingest-api. */
export function readSharedContexts(sql: Sql, executionIds: readonly string[]): Promise<SharedContext[]> {
  return sql.query<SharedContext>('SELECT execution_id AS "executionId", context FROM ingest.shared_context WHERE execution_id = ANY($1::text[])', [executionIds], {
    name: 'read-shared-contexts',
  });
}
