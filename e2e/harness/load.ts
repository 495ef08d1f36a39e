/** Calls for many recipients, sent as a patient caller would: what is refused for the moment is tried again. */
import { callOf, finished, recipientsOf, sumOf, trigger, type Accepted, type Totals } from './executions.js';

const A_CALL = 20;
const CALLS_AT_ONCE = 8;

export interface Load {
  accepted: Accepted[];
  messageIds: string[];
}

/** Sends `recipients` in calls of twenty; answers when every call has its 202. */
export async function sendLoad(campaignId: string, name: string, recipients: number): Promise<Load> {
  const calls = Array.from({ length: Math.ceil(recipients / A_CALL) }, (_, call) => {
    const users = Array.from({ length: Math.min(A_CALL, recipients - call * A_CALL) }, (_unused, i) => `${name}-${call * A_CALL + i}@load.test`);
    return callOf(campaignId, `${name}-${call}`, users);
  });
  const accepted: Accepted[] = [];
  const sender = async (): Promise<void> => {
    for (let call = calls.shift(); call; call = calls.shift()) accepted.push(await trigger(call));
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, sender));
  return { accepted, messageIds: accepted.flatMap((one) => one.recipients.map(({ messageId }) => messageId)) };
}

/** The totals of all executions of a load, once nothing of it is pending. I0 is checked for each. */
export async function totalsOf(load: Load, timeoutMs = 180_000): Promise<Totals> {
  const sum: Totals = { targeted: 0, sent: 0, failed: 0, excluded: 0, expired: 0, cancelled: 0, unknown: 0, pending: 0 };
  const deadline = performance.now() + timeoutMs;
  for (const { executionId } of load.accepted) {
    const { totals } = await finished(executionId, Math.max(1_000, deadline - performance.now()));
    for (const name of Object.keys(sum) as (keyof Totals)[]) sum[name] += totals[name];
  }
  if (sumOf(sum) !== sum.targeted) throw new Error(`I0 is broken: ${JSON.stringify(sum)}`);
  return sum;
}

/** Messages of a load whose outcome nobody can know: what was in flight when a process died. */
export async function unknownOf(load: Load): Promise<Set<string>> {
  const found = new Set<string>();
  for (const { executionId } of load.accepted) {
    const { totals } = await finished(executionId);
    if (totals.unknown === 0) continue;
    for (const recipient of await recipientsOf(executionId)) if (recipient.state === 'unknown') found.add(recipient.messageId);
  }
  return found;
}
