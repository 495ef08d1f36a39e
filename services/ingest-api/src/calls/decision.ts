import type { AcceptedCall, CampaignVersion, RecipientResult, Throughput, UnitaryCall } from '@postrider/contracts';
import { executionIdOf, messageIdOf } from '@postrider/identity';
import type { PublishedRecipient } from '../intake/publication.js';
import { CallRefused } from './calls.errors.js';
import type { JudgedRecipient } from './judge-recipients.js';

/** What is decided of a call: all that its answer and its messages are made of. */
export interface Decision {
  executionId: string;
  call: UnitaryCall;
  version: CampaignVersion;
  throughput: Throughput;
  expiresAt: string;
  accepted: PublishedRecipient[];
  results: RecipientResult[];
}

export interface DecisionInput {
  tenantId: string;
  call: UnitaryCall;
  version: CampaignVersion;
  throughput: Throughput;
  judged: readonly JudgedRecipient[];
  now: Date;
}

/** The first of these that a call has says what it is refused with. */
const ORDER = ['INVALID_IDENTITY', 'NAMESPACE_MISMATCH', 'MALFORMED_ADDRESS', 'NO_ADDRESS', 'CONTEXT_INVALID', 'UNKNOWN_PROFILE'] as const;

/** @throws CallRefused: by default for one bad recipient, with `failureMode: partial` when no good one is left; and EXPIRED */
export function decide({ tenantId, call, version, throughput, judged, now }: DecisionInput): Decision {
  const expiresAt = expiryOf(call, version, now);
  const good = judged.filter(({ faults }) => faults.length === 0);
  if (good.length === 0 || (good.length < judged.length && call.failureMode !== 'partial')) throw refusalOf(judged);
  const executionId = executionIdOf(tenantId, call.campaignId, call.requestId);
  const accepted = good.map(({ recipient, recipientKey, identity }) => ({ recipient, recipientKey, identity, messageId: messageIdOf(executionId, recipientKey, version.channel) }));
  const messageIds = new Map(accepted.map(({ recipientKey, messageId }) => [recipientKey, messageId]));
  return { executionId, call, version, throughput, expiresAt, accepted, results: judged.map((one) => resultOf(one, messageIds)) };
}

/** The 202 of a decision. */
export function answerOf({ executionId, call, results }: Decision, at: Date, by: string): AcceptedCall {
  const time = at.toISOString();
  return { executionId, requestId: call.requestId, createdAt: time, createdBy: by, modifiedAt: time, modifiedBy: by, recipients: results };
}

/** When what is not sent by then ends. @throws CallRefused with EXPIRED */
export function expiryOf({ expiresAt }: { expiresAt?: string | undefined }, version: CampaignVersion, now: Date): string {
  const latest = now.getTime() + version.messageLifetimeSeconds * 1_000;
  if (expiresAt === undefined) return new Date(latest).toISOString();
  if (Date.parse(expiresAt) <= now.getTime()) throw new CallRefused('EXPIRED', 'expiresAt has passed.', { faults: [{ path: '/expiresAt', code: 'EXPIRED', message: 'It has passed.' }] });
  return new Date(expiresAt).toISOString();
}

function refusalOf(judged: readonly JudgedRecipient[]): CallRefused {
  const faults = judged.flatMap((one) => one.faults);
  const code = ORDER.find((candidate) => faults.some((fault) => fault.code === candidate)) ?? 'UNPROCESSABLE';
  const bad = judged.filter((one) => one.faults.length > 0).length;
  return new CallRefused(code, `${bad} of ${judged.length} recipients cannot be sent to; nothing was sent.`, { faults });
}

function resultOf({ index, recipient, recipientKey, faults: [fault] }: JudgedRecipient, messageIds: ReadonlyMap<string, string>): RecipientResult {
  const { userId } = recipient;
  if (!fault) return { index, userId, messageId: messageIds.get(recipientKey) ?? null, result: 'accepted' };
  return { index, userId, messageId: null, result: 'rejected', error: { code: fault.code, message: fault.message } };
}
