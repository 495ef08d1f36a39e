import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Principal } from '@postrider/auth';
import type { InputFault } from '@postrider/runtime';
import { InvalidBody, InvalidQuery, NotFound, PreconditionFailed, PreconditionRequired } from './edge.errors.js';
import { faultsOf } from './faults.js';
import type { AnyOperation, Call } from './operation.js';
import { storableFaults, TOO_DEEP } from './storable-text.js';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * Checks a request against its operation, every fault at once.
 * @throws InvalidBody, InvalidQuery, NotFound, PreconditionRequired, PreconditionFailed
 */
export function parseCall<Of extends AnyOperation>(operation: Of, request: FastifyRequest, principal: Principal): Call<Of> {
  const parsed = {
    principal,
    params: paramsOf(request.params as Record<string, string>),
    query: queryOf(operation.query, request.query),
    body: bodyOf(operation, request.body),
    revision: operation.conditional ? revisionOf(request.headers['if-match']) : undefined,
    request,
  };
  return parsed as unknown as Call<Of>;
}

/** An id that cannot exist is answered like one that does not. */
function paramsOf(params: Record<string, string>): Record<string, string> {
  const texts = Object.values(params);
  const isMalformed = texts.some((text) => storableFaults(text).length > 0) || (params['id'] !== undefined && !UUID.test(params['id']));
  if (isMalformed) throw new NotFound('resource');
  return params;
}

function queryOf(schema: z.ZodObject | undefined, query: unknown): unknown {
  if (!schema) {
    const unknownNames = Object.keys(query as object);
    if (unknownNames.length > 0) throw new InvalidQuery(unknownNames.map(unknownParameter));
    return undefined;
  }
  return checked(schema, query, InvalidQuery);
}

const unknownParameter = (name: string): InputFault => ({ path: `/${name}`, code: 'UNKNOWN_FIELD', message: 'This call takes no such parameter.' });

function bodyOf(operation: AnyOperation, body: unknown): unknown {
  if (operation.streams) return undefined;
  if (operation.body) return checked(operation.body, body ?? {}, InvalidBody);
  const isEmpty = body === undefined || body === null || (typeof body === 'object' && Object.keys(body).length === 0);
  if (!isEmpty) throw new InvalidBody([{ path: '', code: 'UNKNOWN_FIELD', message: 'This call takes no body.' }]);
  return undefined;
}

function checked(schema: z.ZodType, input: unknown, Refusal: new (faults: readonly InputFault[]) => Error): unknown {
  const unstorable = storableFaults(input);
  // What is nested too deep to be read is not given to a schema that follows it down.
  if (unstorable.some(({ code }) => code === TOO_DEEP)) throw new Refusal(unstorable);
  const parsed = schema.safeParse(input);
  if (parsed.success && unstorable.length === 0) return parsed.data;
  throw new Refusal([...unstorable, ...(parsed.success ? [] : faultsOf(parsed.error, input))]);
}

/** `If-Match: "7"`, or `*` for whatever is there. Source: RFC 9110 §13.1.1. */
function revisionOf(header: string | undefined): number | undefined {
  if (header === undefined) throw new PreconditionRequired();
  if (header.trim() === '*') return undefined;
  const revision = /^\s*"(\d{1,9})"\s*$/.exec(header)?.[1];
  if (revision === undefined) throw new PreconditionFailed();
  return Number(revision);
}
