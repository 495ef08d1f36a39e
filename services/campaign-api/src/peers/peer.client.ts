import type { Readable } from 'node:stream';
import { Problem, type JsonObject } from '@postrider/contracts';
import { DependencyUnavailable, INTERNAL_TOKEN_HEADER, type AppError } from '@postrider/runtime';
import { request, type Dispatcher } from 'undici';
import { PeerBroken, PeerRefused } from './peers.errors.js';

export interface PeerCall {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  path: string;
  /** Undefined ones are left out. */
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: JsonObject;
  /** Passed on as it comes, in place of a body; `length` is its size in bytes where that is known. */
  stream?: { type: string; lines: Readable; length?: number };
  /** How long to wait for the beginning of the answer, in place of the usual time. */
  withinMs?: number;
}

/** An answer that is passed on as it comes. */
export interface PeerStream {
  type: string;
  content: Readable;
}

export interface PeerAnswer {
  status: number;
  body: unknown;
}

const ANSWER_WITHIN_MS = 15_000;
/** An upload is answered when it ends: this long after its last byte at the latest. */
const UPLOAD_ANSWER_WITHIN_MS = 600_000;
const PASSED_ON = new Set([400, 404, 409, 410, 412, 413, 415, 422, 429, 503]);

/** The internal API of one other service of the installation. */
export class PeerClient {
  constructor(
    private readonly name: string,
    private readonly url: string,
    private readonly token: string,
  ) {}

  /**
   * @throws PeerRefused with the peer's own problem, for what its caller can do something about
   * @throws DependencyUnavailable when it does not answer, PeerBroken when its answer makes no sense
   */
  async call(call: PeerCall): Promise<PeerAnswer> {
    const response = await this.send(call);
    const body = parse(await response.body.text().catch((error: unknown) => this.unavailable(error)));
    if (response.statusCode >= 300) throw this.refusalOf(response, body);
    return { status: response.statusCode, body };
  }

  /** The same for an answer of any size; what breaks after its beginning breaks the stream. */
  async open(call: PeerCall): Promise<PeerStream> {
    const response = await this.send(call);
    if (response.statusCode < 300) return { type: String(response.headers['content-type'] ?? 'application/octet-stream'), content: response.body };
    throw this.refusalOf(response, parse(await response.body.text().catch((error: unknown) => this.unavailable(error))));
  }

  private refusalOf({ statusCode, headers }: Dispatcher.ResponseData, body: unknown): AppError {
    const problem = Problem.safeParse(body).data;
    if (problem && PASSED_ON.has(statusCode)) return new PeerRefused(problem, retryAfterOf(headers['retry-after']));
    return new PeerBroken(this.name, statusCode);
  }

  private async send({ method, path, query = {}, body, stream, withinMs }: PeerCall): Promise<Dispatcher.ResponseData> {
    const sent = contentOf(body, stream);
    try {
      return await request(`${this.url}${path}${searchOf(query)}`, {
        method,
        headers: { [INTERNAL_TOKEN_HEADER]: this.token, ...sent?.headers },
        headersTimeout: withinMs ?? (stream ? UPLOAD_ANSWER_WITHIN_MS : ANSWER_WITHIN_MS),
        bodyTimeout: ANSWER_WITHIN_MS,
        body: sent?.content,
      });
    } catch (error) {
      return this.unavailable(error);
    }
  }

  private unavailable(error: unknown): never {
    throw new DependencyUnavailable(this.name, error);
  }
}

interface Sent {
  headers: Record<string, string>;
  content: string | Readable;
}

function contentOf(body: JsonObject | undefined, stream: PeerCall['stream']): Sent | undefined {
  if (!stream) return body && { headers: { 'content-type': 'application/json' }, content: JSON.stringify(body) };
  const { type, lines, length } = stream;
  return { headers: { 'content-type': type, ...(length !== undefined && { 'content-length': String(length) }) }, content: lines };
}

function searchOf(query: NonNullable<PeerCall['query']>): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, String(value)]]));
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function retryAfterOf(header: string | string[] | undefined): number | undefined {
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}
