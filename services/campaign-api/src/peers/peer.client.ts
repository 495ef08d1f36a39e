import type { Readable } from 'node:stream';
import { Problem, type JsonObject } from '@postrider/contracts';
import { DependencyUnavailable, INTERNAL_TOKEN_HEADER } from '@postrider/runtime';
import { request, type Dispatcher } from 'undici';
import { PeerBroken, PeerRefused } from './peers.errors.js';

export interface PeerCall {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  path: string;
  /** Undefined ones are left out. */
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: JsonObject;
  /** Passed on as it comes, in place of a body. */
  stream?: { type: string; lines: Readable };
}

export interface PeerAnswer {
  status: number;
  body: unknown;
}

const ANSWER_WITHIN_MS = 15_000;
/** An upload is answered when it ends. */
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
    const status = response.statusCode;
    if (status < 300) return { status, body };
    const problem = Problem.safeParse(body).data;
    if (problem && PASSED_ON.has(status)) throw new PeerRefused(problem, retryAfterOf(response.headers['retry-after']));
    throw new PeerBroken(this.name, status);
  }

  private async send({ method, path, query = {}, body, stream }: PeerCall): Promise<Dispatcher.ResponseData> {
    const sent = contentOf(body, stream);
    try {
      return await request(`${this.url}${path}${searchOf(query)}`, {
        method,
        headers: { [INTERNAL_TOKEN_HEADER]: this.token, ...(sent && { 'content-type': sent.type }) },
        headersTimeout: stream ? UPLOAD_ANSWER_WITHIN_MS : ANSWER_WITHIN_MS,
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

function contentOf(body: JsonObject | undefined, stream: PeerCall['stream']): { type: string; content: string | Readable } | undefined {
  if (stream) return { type: stream.type, content: stream.lines };
  return body && { type: 'application/json', content: JSON.stringify(body) };
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
