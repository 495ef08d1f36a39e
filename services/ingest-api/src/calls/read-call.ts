/**
 * The shape of a body, checked by hand: it is the hottest schema of the house, and every fault is named at once.
 * Guarantee: what it answers is a {@link UnitaryCall}. Fields that Adobe's documents name and we do not use are let through;
 * others are refused at the top, where a misspelled one would change what happens.
 */
import type { UnitaryCall } from '@postrider/contracts';
import type { InputFault } from '@postrider/runtime';
import { CallRefused } from './calls.errors.js';
import { MAX_DEPTH, UNFIT, escapePointer, isInstant, isObject, isPlain, isText, isTooDeep, unfitValueIn, type Json } from './fit-values.js';

export const MAX_RECIPIENTS = 20;
export const MAX_REQUEST_ID = 256;
const TOP_FIELDS = new Set(['requestId', 'campaignId', 'recipients', 'executeAt', 'expiresAt', 'failureMode']);

/** @throws CallRefused with INVALID_BODY, NO_RECIPIENTS, TOO_MANY_RECIPIENTS or RESERVED_CONTEXT */
export function readCall(body: unknown): UnitaryCall {
  if (!isObject(body)) throw new CallRefused('INVALID_BODY', 'The body must be a JSON object.');
  const { recipients } = body;
  if (Array.isArray(recipients)) checkCount(recipients.length);
  const faults: InputFault[] = [];
  checkTop(body, faults);
  if (Array.isArray(recipients)) recipients.forEach((recipient, index) => checkRecipient(recipient, index, faults));
  else faults.push(fault('/recipients', 'must be a list of 1 to 20 recipients'));
  if (faults.length === 0 && !isPlain(body, MAX_DEPTH)) checkValues(body as unknown as UnitaryCall, faults);
  const reserved = faults.filter(({ code }) => code === 'RESERVED_CONTEXT');
  if (faults.length > reserved.length) throw new CallRefused('INVALID_BODY', 'The body has faults.', { faults });
  if (reserved.length > 0) throw new CallRefused('RESERVED_CONTEXT', 'context.system is reserved.', { faults: reserved });
  return body as unknown as UnitaryCall;
}

function checkCount(count: number): void {
  if (count === 0) throw new CallRefused('NO_RECIPIENTS', 'A call names at least one recipient.');
  if (count > MAX_RECIPIENTS) throw new CallRefused('TOO_MANY_RECIPIENTS', `A call takes up to ${MAX_RECIPIENTS} recipients; this one has ${count}.`);
}

/** What is wrong with a field, by its name; undefined when nothing is. */
const TOP_RULES = rules({
  requestId: (value) => (isText(value) && value.length <= MAX_REQUEST_ID ? undefined : `must be a string of 1 to ${MAX_REQUEST_ID} characters`),
  campaignId: (value) => (isText(value) ? undefined : 'must be a string'),
  executeAt: (value) => (value === undefined || isInstant(value) ? undefined : 'must be an ISO 8601 date-time with a zone'),
  expiresAt: (value) => (value === undefined || isInstant(value) ? undefined : 'must be an ISO 8601 date-time with a zone'),
  failureMode: (value) => (value === undefined || value === 'all' || value === 'partial' ? undefined : 'must be "all" or "partial"'),
});

const RECIPIENT_RULES = rules({
  type: (value) => (value === 'aep' || value === 'external' ? undefined : 'must be "aep" or "external"'),
  userId: (value) => (typeof value === 'string' ? undefined : 'must be a string'),
  namespace: (value) => (isText(value) ? undefined : 'must be a string'),
  channelData: (value) => (isOptionalObject(value) ? undefined : 'must be an object'),
  profile: (value) => (isOptionalObject(value) ? undefined : 'must be an object'),
  context: (value) => (isOptionalObject(value) ? undefined : 'must be an object'),
});

/** As a list, made once: they are gone through for every recipient. */
function rules(byField: Readonly<Record<string, (value: unknown) => string | undefined>>) {
  return Object.entries(byField);
}

function checkTop(body: Json, faults: InputFault[]): void {
  for (const name of Object.keys(body)) if (!TOP_FIELDS.has(name)) faults.push(fault(`/${escapePointer(name)}`, 'is not a field of this call'));
  for (const [name, rule] of TOP_RULES) {
    const message = rule(body[name]);
    if (message !== undefined) faults.push(fault(`/${name}`, message));
  }
}

function checkRecipient(recipient: unknown, index: number, faults: InputFault[]): void {
  const path = `/recipients/${index}`;
  if (!isObject(recipient)) {
    faults.push({ ...fault(path, 'must be an object'), index });
    return;
  }
  const who = { index, ...(typeof recipient.userId === 'string' && { userId: recipient.userId }) };
  for (const [name, rule] of RECIPIENT_RULES) {
    const message = rule(recipient[name]);
    if (message !== undefined) faults.push({ ...fault(`${path}/${name}`, message), ...who });
  }
  if (!hasReadableAddress(recipient)) faults.push({ ...fault(`${path}/channelData/emailAddress`, 'must be a string'), ...who });
  if (isObject(recipient.context) && Object.hasOwn(recipient.context, 'system')) {
    faults.push({ path: `${path}/context/system`, code: 'RESERVED_CONTEXT', message: 'is reserved', ...who });
  }
}

function hasReadableAddress({ channelData }: Json): boolean {
  return !isObject(channelData) || typeof (channelData.emailAddress ?? '') === 'string';
}

function checkValues(body: UnitaryCall, faults: InputFault[]): void {
  if (isTooDeep(body, MAX_DEPTH)) {
    faults.push(fault('', `is nested deeper than ${MAX_DEPTH} levels`));
    return;
  }
  for (const [index, { userId, context, profile }] of body.recipients.entries()) {
    const found = unfitValueIn(context, `/recipients/${index}/context`) ?? unfitValueIn(profile, `/recipients/${index}/profile`);
    if (found !== undefined) faults.push({ ...fault(found, UNFIT), index, userId });
  }
}

const fault = (path: string, message: string): InputFault => ({ path, code: 'INVALID_BODY', message });
const isOptionalObject = (value: unknown): boolean => value === undefined || value === null || isObject(value);
