/**
 * What became of a backlog that was accepted and then cancelled by stopping its campaign.
 * Guarantee: of every 202 the totals are asked for until nothing of it is pending; they must be of as many recipients as the 202
 * named, add up (I0), and say as many mails as the sink has of them. Mails are counted by the sink's file alone.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { ExecutionTotals } from '@postrider/contracts';
import { addsUp } from '../load/executions.js';
import type { CallRecord } from '../load/generator.js';
import type { SinkLine } from '../measure/ledger-check.js';

export interface Settlement {
  /** Recipients with a 202. */
  accepted: number;
  mails: number;
  cancelled: number;
  /** Executions of which something is pending still. */
  unsettled: string[];
  /** Executions whose totals do not add up, or are not of what the 202 promised. */
  uneven: string[];
  /** Executions of which the sink has more or fewer mails than the totals say. */
  contradicted: string[];
  /** Messages whose mail came more than once. */
  doubled: string[];
  /** Mails without a 202; not a fault where an answer was lost, else one. */
  unasked: number;
  balanced: boolean;
}

const WORKERS = 16;
const POLL_MS = 500;

/** Totals of each accepted execution, once nothing of it is pending or the time is over. */
export async function settled(executionIds: readonly string[], totalsOf: (executionId: string) => Promise<ExecutionTotals>, deadlineMs: number): Promise<Map<string, ExecutionTotals>> {
  const deadline = performance.now() + deadlineMs;
  const totals = new Map<string, ExecutionTotals>();
  const waiting = executionIds.values();
  const work = async (): Promise<void> => {
    for (const id of waiting) {
      let last = await totalsOf(id);
      while (last.pending > 0 && performance.now() < deadline) {
        await wait(POLL_MS);
        last = await totalsOf(id);
      }
      totals.set(id, last);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return totals;
}

export function settlementOf(calls: readonly CallRecord[], totals: ReadonlyMap<string, ExecutionTotals>, mails: readonly SinkLine[]): Settlement {
  const accepted = calls.filter((call): call is Accepted => call.executionId !== undefined && call.messageIds !== undefined);
  const counts = new Map<string, number>();
  for (const { messageId } of mails) counts.set(messageId, (counts.get(messageId) ?? 0) + 1);
  const asked = new Set(accepted.flatMap(({ messageIds }) => messageIds));
  const result = {
    accepted: asked.size,
    mails: mails.length,
    cancelled: accepted.reduce((sum, { executionId }) => sum + (totals.get(executionId)?.cancelled ?? 0), 0),
    unsettled: idsOf(accepted, (call) => totals.get(call.executionId)?.pending !== 0),
    uneven: idsOf(accepted, (call) => !isEven(totals.get(call.executionId), call)),
    contradicted: idsOf(accepted, (call) => !fits(totals.get(call.executionId), call.messageIds.filter((id) => counts.has(id)).length)),
    doubled: [...counts].filter(([, count]) => count > 1).map(([id]) => id),
    unasked: [...counts.keys()].filter((id) => !asked.has(id)).length,
  };
  const isEveryAnswerKnown = calls.every(({ status }) => status !== 0);
  const faults = [result.unsettled, result.uneven, result.contradicted, result.doubled].flat().length;
  return { ...result, balanced: faults === 0 && (result.unasked === 0 || !isEveryAnswerKnown) };
}

type Accepted = CallRecord & Required<Pick<CallRecord, 'executionId' | 'messageIds'>>;

const idsOf = (calls: readonly Accepted[], isAtFault: (call: Accepted) => boolean): string[] => calls.filter(isAtFault).map(({ executionId }) => executionId);

const isEven = (totals: ExecutionTotals | undefined, { messageIds }: Accepted): boolean => totals !== undefined && addsUp(totals, messageIds.length);

/** What is unknown may have been sent. */
const fits = (totals: ExecutionTotals | undefined, mails: number): boolean => totals !== undefined && mails >= totals.sent && mails <= totals.sent + totals.unknown;
