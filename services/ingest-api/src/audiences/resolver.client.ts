import { Run, RunPreview, type RunPreviewInput } from '@postrider/contracts';
import type { z } from 'zod';
import { CallRefused } from '../calls/calls.errors.js';
import { InternalPeer, type PeerRequest } from '../peers/internal-peer.js';

/** Where the answer is told without it when it does not come. */
const LOOK_TIMEOUT_MS = 2_000;

/** What is done to a run. */
export type RunAction = 'pause' | 'resume' | 'cancel';

/** audience-resolver's internal API. */
export class ResolverClient {
  private readonly peer: InternalPeer;

  constructor(url: string, token: string) {
    this.peer = new InternalPeer('audience-resolver', url, token);
  }

  /** Undefined when it has not met the execution. @throws DependencyUnavailable */
  run(tenantId: string, executionId: string): Promise<Run | undefined> {
    const path = `/runs/${encodeURIComponent(executionId)}?${new URLSearchParams({ tenantId }).toString()}`;
    return this.ask({ method: 'GET', path, timeoutMs: LOOK_TIMEOUT_MS }, Run);
  }

  /** Undefined when it has not met the execution. @throws CallRefused with CONFLICT, DependencyUnavailable; safe to repeat */
  act(tenantId: string, executionId: string, action: RunAction): Promise<Run | undefined> {
    return this.ask({ method: 'POST', path: `/runs/${encodeURIComponent(executionId)}/${action}`, body: { tenantId } }, Run);
  }

  /** Undefined when it does not know the audience. @throws DependencyUnavailable */
  preview(input: RunPreviewInput): Promise<RunPreview | undefined> {
    return this.ask({ method: 'POST', path: '/runs/preview', body: input }, RunPreview);
  }

  private async ask<Schema extends z.ZodType>(request: PeerRequest, schema: Schema): Promise<z.infer<Schema> | undefined> {
    const answer = await this.peer.send(request);
    if (answer.status === 404) return undefined;
    if (answer.status === 409) throw new CallRefused('CONFLICT', 'The run is over, or was cancelled.');
    return this.peer.read(answer, schema);
  }
}
