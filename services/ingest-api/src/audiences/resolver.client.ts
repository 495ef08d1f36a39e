import { Run, RunPreview, type RunPreviewInput } from '@postrider/contracts';
import { DependencyUnavailable, INTERNAL_TOKEN_HEADER } from '@postrider/runtime';
import { request } from 'undici';
import type { z } from 'zod';
import { CallRefused } from '../calls/calls.errors.js';

const TIMEOUT_MS = 10_000;
/** Where the answer is told without it when it does not come. */
const LOOK_TIMEOUT_MS = 2_000;

interface Question<Schema extends z.ZodType> {
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
  schema: Schema;
  timeoutMs?: number;
}

/** What is done to a run. */
export type RunAction = 'pause' | 'resume' | 'cancel';

/** audience-resolver's internal API. */
export class ResolverClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** Undefined when it has not met the execution. @throws DependencyUnavailable */
  run(tenantId: string, executionId: string): Promise<Run | undefined> {
    const path = `/runs/${encodeURIComponent(executionId)}?${new URLSearchParams({ tenantId }).toString()}`;
    return this.ask({ method: 'GET', path, schema: Run, timeoutMs: LOOK_TIMEOUT_MS });
  }

  /** Undefined when it has not met the execution. @throws CallRefused with CONFLICT, DependencyUnavailable; safe to repeat */
  act(tenantId: string, executionId: string, action: RunAction): Promise<Run | undefined> {
    return this.ask({ method: 'POST', path: `/runs/${encodeURIComponent(executionId)}/${action}`, body: { tenantId }, schema: Run });
  }

  /** Undefined when it does not know the audience. @throws DependencyUnavailable */
  preview(input: RunPreviewInput): Promise<RunPreview | undefined> {
    return this.ask({ method: 'POST', path: '/runs/preview', body: input, schema: RunPreview });
  }

  private async ask<Schema extends z.ZodType>({ method, path, body, schema, timeoutMs = TIMEOUT_MS }: Question<Schema>): Promise<z.infer<Schema> | undefined> {
    const { status, text } = await this.send(method, path, body, timeoutMs);
    if (status === 404) return undefined;
    if (status === 409) throw new CallRefused('CONFLICT', 'The run is over, or was cancelled.');
    try {
      if (status < 200 || status > 299) throw new Error(`it answered ${status}`);
      return schema.parse(JSON.parse(text));
    } catch (error) {
      throw new DependencyUnavailable('audience-resolver', error);
    }
  }

  private async send(method: 'GET' | 'POST', path: string, body: unknown, timeoutMs: number): Promise<{ status: number; text: string }> {
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
      throw new DependencyUnavailable('audience-resolver', error);
    }
  }
}
