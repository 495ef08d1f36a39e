/** What can be said of each recipient without asking anybody: identity, address, context. */
import type { CallRecipient } from '@postrider/contracts';
import { isWellFormedEmail, normaliseIdentity, recipientKeyOf, validateIdentity } from '@postrider/identity';
import type { InputFault } from '@postrider/runtime';
import { CallRefused } from './calls.errors.js';
import { givenAddressOf } from './given-address.js';
import type { LiveCampaign } from './live-campaigns.js';

/** A recipient with its identity as it is compared, and what is wrong with it. */
export interface JudgedRecipient {
  index: number;
  recipient: CallRecipient;
  identity: string;
  recipientKey: string;
  faults: InputFault[];
}

export const MAX_CONTEXT_BYTES = 200 * 1_024;
/** What a record takes on the way is bounded. */
const MAX_PROFILE_BYTES = 1_048_576;

/** @throws CallRefused with CONTEXT_TOO_LARGE, BODY_TOO_LARGE or DUPLICATE_RECIPIENT, which no failure mode lets pass */
export function judgeRecipients(recipients: readonly CallRecipient[], live: LiveCampaign, tenantId: string): JudgedRecipient[] {
  checkSizes(recipients);
  const judged = recipients.map((recipient, index) => judge(recipient, index, live, tenantId));
  checkDistinct(judged);
  return judged;
}

function judge(recipient: CallRecipient, index: number, live: LiveCampaign, tenantId: string): JudgedRecipient {
  const { userId, namespace } = recipient;
  const identity = normaliseIdentity(namespace, userId, live.region);
  const recipientKey = recipientKeyOf(tenantId, namespace, identity);
  const own = identityFault(recipient, live) ?? addressFault(recipient, identity, live);
  const found = [...(own ? [own] : []), ...contextFaults(recipient, live)];
  const named = found.map((one) => ({ ...one, path: `/recipients/${index}${one.path}`, index, userId }));
  return { index, recipient, identity, recipientKey, faults: named };
}

function identityFault({ userId, namespace }: CallRecipient, { version }: LiveCampaign): InputFault | undefined {
  const invalid = validateIdentity(userId);
  if (invalid !== undefined) return { path: '/userId', code: 'INVALID_IDENTITY', message: invalid };
  if (namespace.toLowerCase() === version.identityType.toLowerCase()) return undefined;
  return { path: '/namespace', code: 'NAMESPACE_MISMATCH', message: `This campaign takes identities of the namespace "${version.identityType}".` };
}

/** The address as far as the call says it; what a stored profile may still bring is not asked for here. */
function addressFault(recipient: CallRecipient, identity: string, live: LiveCampaign): InputFault | undefined {
  const given = givenAddressOf(recipient);
  if (given) return isWellFormedEmail(given.address) ? undefined : malformed(given.path);
  if (mayBeStored(live)) return undefined;
  if (recipient.namespace.toLowerCase() === 'email') return isWellFormedEmail(identity) ? undefined : malformed('/userId');
  return { path: '', code: 'NO_ADDRESS', message: 'Neither channelData nor the identity is an e-mail address.' };
}

const malformed = (path: string): InputFault => ({ path, code: 'MALFORMED_ADDRESS', message: 'It is not an e-mail address.' });

const mayBeStored = ({ version, campaign }: LiveCampaign): boolean => campaign.throughput === 'standard' && version.unknownProfiles !== 'send';

const contextFaults = ({ context }: CallRecipient, { checkContext }: LiveCampaign): InputFault[] =>
  checkContext(context ?? {}).map((one) => ({ ...one, path: `/context${one.path}` }));

/** Measured as they will be written on: a short number such as 1e20 may have many digits. */
function checkSizes(recipients: readonly CallRecipient[]): void {
  const contexts = bytesOf(recipients.map(({ context }) => context));
  if (contexts > MAX_CONTEXT_BYTES) throw new CallRefused('CONTEXT_TOO_LARGE', `The contexts have ${contexts} bytes; a call takes up to ${MAX_CONTEXT_BYTES}.`);
  const profiles = bytesOf(recipients.map(({ profile }) => profile));
  if (profiles > MAX_PROFILE_BYTES) throw new CallRefused('BODY_TOO_LARGE', `The profiles have ${profiles} bytes; a call takes up to ${MAX_PROFILE_BYTES}.`);
}

function bytesOf(values: readonly unknown[]): number {
  let bytes = 0;
  for (const value of values) if (value) bytes += Buffer.byteLength(JSON.stringify(value));
  return bytes;
}

function checkDistinct(judged: readonly JudgedRecipient[]): void {
  const first = new Map<string, number>();
  const faults: InputFault[] = [];
  for (const { index, recipientKey, recipient } of judged) {
    const earlier = first.get(recipientKey);
    if (earlier === undefined) first.set(recipientKey, index);
    else faults.push({ path: `/recipients/${index}/userId`, code: 'DUPLICATE_RECIPIENT', message: `Recipients ${earlier} and ${index} are the same person.`, index, userId: recipient.userId });
  }
  if (faults.length > 0) throw new CallRefused('DUPLICATE_RECIPIENT', faults[0]?.message ?? '', { faults });
}
