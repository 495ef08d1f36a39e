import { executionStatusOf, type ExecutionStatusAnswer, type ExecutionTotals, type RecipientStatus, type Run } from '@postrider/contracts';
import type { ExecutionRow } from './execution-queries.js';

const NONE = { sent: 0, failed: 0, excluded: 0, expired: 0, cancelled: 0, unknown: 0 };

/** How an execution stands; of an audience, `run` says what the ledger has not been told yet. */
export function statusOf(row: ExecutionRow, run?: Run): ExecutionStatusAnswer {
  const { executionId, requestId, campaignId, createdBy } = row;
  const totals = totalsOf(row, run);
  return {
    executionId, requestId, campaignId, status: wordOf(row, totals, run), totals,
    createdAt: row.createdAt.toISOString(), createdBy, expiresAt: row.expiresAt.toISOString(), completedAt: row.completedAt?.toISOString() ?? null,
  };
}

/** Whatever is not counted yet is pending, wherever in the pipeline it is. */
function totalsOf(row: ExecutionRow, run: Run | undefined): ExecutionTotals {
  if (row.isAbandoned) return { targeted: 0, ...NONE, pending: 0 };
  const ends = row.counted ?? NONE;
  const counted = Object.values(ends).reduce((sum, count) => sum + count, 0);
  const targeted = row.audienceId === null ? row.targeted : (row.ledgerTargeted ?? Math.max(run?.targeted ?? 0, counted));
  return { targeted, ...ends, pending: targeted - counted };
}

function wordOf(row: ExecutionRow, totals: ExecutionTotals, run: Run | undefined): ExecutionStatusAnswer['status'] {
  if (row.isAbandoned) return 'Abandoned';
  if (run?.state === 'Failed') return 'Failed';
  // While nobody knows how many there are, nothing pending does not mean that all is done.
  const isCounted = row.audienceId === null || row.ledgerTargeted !== null;
  return isCounted ? executionStatusOf(totals) : 'InProgress';
}

/** A recipient that the ledger has not met yet. */
export function acceptedOf({ createdAt, namespace }: ExecutionRow, userId: string, messageId: string): RecipientStatus {
  const at = createdAt.toISOString();
  return { userId, namespace, messageId, state: 'accepted', code: null, reason: null, failure: null, attempts: 0, timeline: [{ state: 'accepted', at }] };
}
