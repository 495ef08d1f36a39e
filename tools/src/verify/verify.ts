/**
 * I0 over live data: for each execution, targeted = sent + failed + excluded + expired + cancelled + unknown + pending.
 * Three accounts are held against each other: what was accepted (ingest; of an audience, what its run has), the running tallies,
 * and a recount of the messages.
 */
import { Client } from 'pg';

/** One execution whose numbers do not agree, or that should have ended. */
export interface Finding {
  executionId: string;
  what: string;
}

export interface Verdict {
  executions: number;
  messages: number;
  findings: Finding[];
}

/** How long after its expiry a message may still be pending: the sweeps that expire it run every few seconds. */
const OVERDUE = `interval '5 minutes'`;

const FINAL_STATES = { sent: "'sent', 'delivered'", failed: "'failed', 'bounced'", excluded: "'excluded'", expired: "'expired'", cancelled: "'cancelled'", unknown: "'unknown'" };
const recounted = Object.entries(FINAL_STATES).map(([total, states]) => `count(*) FILTER (WHERE state IN (${states})) AS ${total}`);
/** Those whom an execution never came to count as cancelled, and have no message. */
const tallied = (total: string): string => (total === 'cancelled' ? 's.cancelled - s.unresolved' : `s.${total}`);
const differs = Object.keys(FINAL_STATES).map((total) => `coalesce(r.${total}, 0) <> ${tallied(total)}`);

/** A call to an audience does not say how many it targets; its run does, from the moment that it is told. */
const ACCEPTED = `
  SELECT execution_id, targeted FROM ingest.execution_overview WHERE execution_id NOT LIKE 'CMA-%'
  UNION ALL SELECT execution_id, targeted FROM audiences.runs WHERE announced`;

const CHECKS: readonly { what: string; sql: string }[] = [
  {
    what: 'the tallies do not add up to what was targeted',
    sql: `SELECT execution_id FROM delivery.execution_status
          WHERE targeted IS NOT NULL AND (pending < 0 OR targeted <> sent + failed + excluded + expired + cancelled + unknown + pending)`,
  },
  {
    what: 'the tallies differ from a recount of the messages',
    sql: `SELECT execution_id FROM delivery.execution_status s
          FULL JOIN (SELECT execution_id, ${recounted.join(', ')} FROM delivery.message_status GROUP BY execution_id) r USING (execution_id)
          WHERE s.tenant_id IS NULL OR ${differs.join(' OR ')}`,
  },
  {
    what: 'the ledger targets another number than the accepted call',
    sql: `SELECT execution_id FROM (${ACCEPTED}) accepted JOIN delivery.execution_status USING (execution_id)
          WHERE execution_status.targeted IS NOT NULL AND execution_status.targeted <> accepted.targeted`,
  },
  {
    what: 'the run left others out than the ledger counts',
    sql: `SELECT execution_id FROM audiences.runs JOIN delivery.execution_status USING (execution_id)
          WHERE runs.finished_at IS NOT NULL AND execution_status.completed_at IS NOT NULL AND runs.targeted - runs.resolved <> execution_status.unresolved`,
  },
  {
    what: 'messages are pending although they expired minutes ago',
    sql: `SELECT execution_id FROM ingest.execution_overview o LEFT JOIN delivery.execution_status s USING (execution_id)
          WHERE o.status <> 'Abandoned' AND o.expires_at < now() - ${OVERDUE} AND (s.targeted IS NULL OR s.pending > 0)`,
  },
];

/** @throws when the database does not answer */
export async function verify(postgresUrl: string): Promise<Verdict> {
  const client = new Client({ connectionString: postgresUrl, application_name: 'postrider-verify' });
  await client.connect();
  try {
    // One snapshot: numbers that change while we count would look like errors.
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const findings: Finding[] = [];
    for (const { what, sql } of CHECKS) {
      const { rows } = await client.query<{ execution_id: string }>(sql);
      for (const row of rows) findings.push({ executionId: row.execution_id, what });
    }
    const { rows } = await client.query<{ executions: string; messages: string }>(
      'SELECT (SELECT count(*) FROM delivery.execution_status) AS executions, (SELECT count(*) FROM delivery.message_status) AS messages',
    );
    await client.query('COMMIT');
    return { executions: Number(rows[0]?.executions), messages: Number(rows[0]?.messages), findings };
  } finally {
    await client.end();
  }
}
