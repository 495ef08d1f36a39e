/**
 * The shape of a body, checked by hand: it is the hottest schema of the house, and every fault is named at once.
 * Guarantee: what it answers is a {@link UnitaryCall}. Fields that Adobe's documents name and we do not use are let through;
 * others are refused at the top, where a misspelled one would change what happens.
 */
import type { UnitaryCall } from '@postrider/contracts';
import type { InputFault } from '@postrider/runtime';
import { CallRefused } from './calls.errors.js';

export const MAX_RECIPIENTS = 20;
const MAX_REQUEST_ID = 256;
const MAX_DEPTH = 32;
const TOP_FIELDS = new Set(['requestId', 'campaignId', 'recipients', 'expiresAt', 'failureMode']);
const FIRST_INSTANT = Date.parse('0001-01-01T00:00:00Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

type Json = Record<string, unknown>;

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
const TOP_RULES: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  requestId: (value) => (isText(value) && value.length <= MAX_REQUEST_ID ? undefined : `must be a string of 1 to ${MAX_REQUEST_ID} characters`),
  campaignId: (value) => (isText(value) ? undefined : 'must be a string'),
  expiresAt: (value) => (value === undefined || isInstant(value) ? undefined : 'must be an ISO 8601 date-time with a zone'),
  failureMode: (value) => (value === undefined || value === 'all' || value === 'partial' ? undefined : 'must be "all" or "partial"'),
};

const RECIPIENT_RULES: typeof TOP_RULES = {
  type: (value) => (value === 'aep' || value === 'external' ? undefined : 'must be "aep" or "external"'),
  userId: (value) => (typeof value === 'string' ? undefined : 'must be a string'),
  namespace: (value) => (isText(value) ? undefined : 'must be a string'),
  channelData: (value) => (isOptionalObject(value) ? undefined : 'must be an object'),
  profile: (value) => (isOptionalObject(value) ? undefined : 'must be an object'),
  context: (value) => (isOptionalObject(value) ? undefined : 'must be an object'),
};

function checkTop(body: Json, faults: InputFault[]): void {
  for (const name of Object.keys(body)) if (!TOP_FIELDS.has(name)) faults.push(fault(`/${escapePointer(name)}`, 'is not a field of this call'));
  for (const [name, rule] of Object.entries(TOP_RULES)) {
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
  for (const [name, rule] of Object.entries(RECIPIENT_RULES)) {
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

/** What is carried on and stored must be text that Postgres takes, and numbers that JSON can write again. */
function checkValues(body: UnitaryCall, faults: InputFault[]): void {
  if (isTooDeep(body, MAX_DEPTH)) {
    faults.push(fault('', `is nested deeper than ${MAX_DEPTH} levels`));
    return;
  }
  for (const [index, { userId, context, profile }] of body.recipients.entries()) {
    const found = unfitValueIn(context, `/recipients/${index}/context`) ?? unfitValueIn(profile, `/recipients/${index}/profile`);
    if (found !== undefined) faults.push({ ...fault(found, 'has a NUL character, is not valid Unicode, or is too large a number'), index, userId });
  }
}

const fault = (path: string, message: string): InputFault => ({ path, code: 'INVALID_BODY', message });
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isOptionalObject = (value: unknown): boolean => value === undefined || value === null || isObject(value);
const isCarriable = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');
/** Text that names something. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && isCarriable(value);
const isInstant = (value: unknown): boolean => typeof value === 'string' && INSTANT.test(value) && isStorable(Date.parse(value));
/** Of the years that have four digits in UTC too: others have a form of their own, which neither messages nor tables take. */
const isStorable = (ms: number): boolean => ms >= FIRST_INSTANT && ms <= LAST_INSTANT;
const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Whether there is nothing in a body that {@link checkValues} could find: nearly always so, and asked in one quick walk. */
function isPlain(value: unknown, levels: number): boolean {
  if (typeof value === 'string') return isCarriable(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  // By its places, not their names: that alone is half the cost.
  if (Array.isArray(value)) return value.every((one) => isPlain(one, levels - 1));
  return Object.keys(value).every((name) => isCarriable(name) && isPlain((value as Json)[name], levels - 1));
}

function isTooDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const inner of Object.values(value)) if (isTooDeep(inner, levels - 1)) return true;
  return false;
}

/** Where the first such value is, or the object of which a field is so named. A number such as 1e400 is read as infinite. */
function unfitValueIn(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return isCarriable(value) ? undefined : path;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : path;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = isCarriable(name) ? unfitValueIn(inner, `${path}/${escapePointer(name)}`) : path;
    if (found !== undefined) return found;
  }
  return undefined;
}
