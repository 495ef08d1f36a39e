import { DependencyUnavailable, INTERNAL_TOKEN_HEADER } from '@postrider/runtime';
import { request } from 'undici';
import type { z } from 'zod';

const TIMEOUT_MS = 10_000;

export interface PeerRequest {
  method: 'GET' | 'POST';
  /** Below `/internal`. */
  path: string;
  body?: object;
  timeoutMs?: number;
}

export interface PeerAnswer {
  status: number;
  text: string;
}

/** The internal API of one other service. */
export class InternalPeer {
  constructor(
    private readonly name: string,
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** @throws DependencyUnavailable when it does not answer */
  async send({ method, path, body, timeoutMs = TIMEOUT_MS }: PeerRequest): Promise<PeerAnswer> {
    try {
      const answer = await request(`${this.url}/internal${path}`, {
        method,
        headers: { 'content-type': 'application/json', [INTERNAL_TOKEN_HEADER]: this.token },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    } catch (error) {
      throw new DependencyUnavailable(this.name, error);
    }
  }

  /** What an answer with 200 says. @throws DependencyUnavailable for any other, and for one that makes no sense */
  read<Schema extends z.ZodType>({ status, text }: PeerAnswer, schema: Schema): z.infer<Schema> {
    try {
      if (status !== 200) throw new Error(`it answered ${status}`);
      return schema.parse(JSON.parse(text));
    } catch (error) {
      throw new DependencyUnavailable(this.name, error);
    }
  }
}
