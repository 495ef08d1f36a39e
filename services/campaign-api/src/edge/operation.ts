import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Principal } from '@postrider/auth';

/** One call that an administrator can make: the source of its route, its validation and its documentation. */
export interface Operation<
  Path extends string = string,
  Body extends z.ZodType | undefined = z.ZodType | undefined,
  Query extends z.ZodObject | undefined = z.ZodObject | undefined,
> {
  /** In camel case, unique: `operationId` of the OpenAPI document. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, with parameters as `:name`; a parameter called `id` is a UUID. */
  readonly path: Path;
  /** `read` lets in keys with `read` or `admin`, `admin` only the latter. */
  readonly scope: 'read' | 'admin';
  readonly body?: Body;
  readonly query?: Query;
  /** Of success; a list with both is decided by the handler. */
  readonly status: number;
  readonly alsoAnswers?: readonly number[];
  readonly answer?: z.ZodType;
  /** An edit: needs `If-Match` with the ETag of the state that it changes. */
  readonly conditional?: boolean;
  /** The body is a stream of lines that the handler passes on unread. */
  readonly streams?: 'application/x-ndjson' | 'text/csv';
  /** The answer is a stream of text in place of JSON. */
  readonly answersText?: 'text/csv';
}

export type AnyOperation = Operation;

export function defineOperation<
  const Path extends string,
  Body extends z.ZodType | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
>(operation: Operation<Path, Body, Query>): Operation<Path, Body, Query> {
  return Object.freeze(operation);
}

type NamesIn<Path extends string> = Path extends `${infer Head}/${infer Tail}` ? NamesIn<Head> | NamesIn<Tail> : Path extends `:${infer Name}` ? Name : never;

type Parsed<Schema> = Schema extends z.ZodType ? z.infer<Schema> : undefined;

/** A call that is allowed and valid. */
export interface Call<Of extends AnyOperation> {
  readonly principal: Principal;
  readonly params: Readonly<Record<NamesIn<Of['path']>, string>>;
  readonly query: Of extends Operation<string, z.ZodType | undefined, infer Query> ? Parsed<Query> : never;
  readonly body: Of extends Operation<string, infer Body> ? Parsed<Body> : never;
  /** The revision that `If-Match` names; undefined for `*`, and where the operation is not conditional. */
  readonly revision: number | undefined;
  readonly request: FastifyRequest;
}
