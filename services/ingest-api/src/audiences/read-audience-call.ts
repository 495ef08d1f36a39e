/** The shape of an audience call; every fault is named at once. */
import { AudienceCall } from '@postrider/contracts';
import type { InputFault } from '@postrider/runtime';
import { CallRefused } from '../calls/calls.errors.js';
import { MAX_DEPTH, UNFIT, escapePointer, isInstant, isObject, isPlain, isText, isTooDeep, unfitValueIn, type Json } from '../calls/fit-values.js';

const shape = AudienceCall.strict();

/** @throws CallRefused with INVALID_BODY or RESERVED_CONTEXT */
export function readAudienceCall(body: unknown): AudienceCall {
  if (!isObject(body)) throw new CallRefused('INVALID_BODY', 'The body must be a JSON object.');
  const misshapen = shapeFaults(body);
  const faults = misshapen.length > 0 ? misshapen : valueFaults(body as unknown as AudienceCall);
  if (faults.length > 0) throw new CallRefused('INVALID_BODY', 'The body has faults.', { faults });
  if (isObject(body.context) && Object.hasOwn(body.context, 'system')) {
    throw new CallRefused('RESERVED_CONTEXT', 'context.system is reserved.', { faults: [{ path: '/context/system', code: 'RESERVED_CONTEXT', message: 'is reserved' }] });
  }
  return body as unknown as AudienceCall;
}

function shapeFaults(body: Json): InputFault[] {
  const { error } = shape.safeParse(body);
  return (error?.issues ?? []).flatMap((issue) => {
    const path = issue.path.map((step) => `/${escapePointer(String(step))}`).join('');
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => fault(`${path}/${escapePointer(key)}`, 'is not a field of this call'));
    return [fault(path, issue.message)];
  });
}

/** What is carried on and stored, which the shape does not look into. */
function valueFaults(call: AudienceCall): InputFault[] {
  if (isTooDeep(call, MAX_DEPTH)) return [fault('', `is nested deeper than ${MAX_DEPTH} levels`)];
  const texts = { '/requestId': call.requestId, '/campaignId': call.campaignId, '/audience/id': call.audience?.id };
  const instants = { '/schedule/executeAt': call.schedule?.executeAt, '/expiresAt': call.expiresAt };
  const unfit = isPlain(call.context, MAX_DEPTH) ? undefined : unfitValueIn(call.context, '/context');
  return [
    ...unlike(texts, isText).map((path) => fault(path, 'must be a string')),
    ...unlike(instants, isInstant).map((path) => fault(path, 'must be an ISO 8601 date-time with a zone')),
    ...(unfit === undefined ? [] : [fault(unfit, UNFIT)]),
  ];
}

/** Where there is something else. */
const unlike = (given: Record<string, unknown>, isRight: (value: unknown) => boolean): string[] =>
  Object.entries(given).flatMap(([path, value]) => (value === undefined || isRight(value) ? [] : [path]));

const fault = (path: string, message: string): InputFault => ({ path, code: 'INVALID_BODY', message });
