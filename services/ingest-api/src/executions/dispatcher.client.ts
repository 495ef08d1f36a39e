import { CancelledExecution, type CancelExecution, type HoldExecution } from '@postrider/contracts';
import { z } from 'zod';
import { InternalPeer } from '../peers/internal-peer.js';

/** The dispatcher's internal API. */
export class DispatcherClient {
  private readonly peer: InternalPeer;

  constructor(url: string, token: string) {
    this.peer = new InternalPeer('dispatcher', url, token);
  }

  /** @throws DependencyUnavailable when it does not answer as expected; cancelling again is safe */
  cancel(executionId: string, body: CancelExecution): Promise<CancelledExecution> {
    return this.post(executionId, 'cancel', body, CancelledExecution);
  }

  /** @throws DependencyUnavailable when it does not answer as expected; doing it again is safe */
  async hold(executionId: string, action: 'pause' | 'resume', body: HoldExecution): Promise<void> {
    await this.post(executionId, action, body, z.unknown());
  }

  private async post<Schema extends z.ZodType>(executionId: string, action: string, body: object, schema: Schema): Promise<z.infer<Schema>> {
    const answer = await this.peer.send({ method: 'POST', path: `/executions/${encodeURIComponent(executionId)}/${action}`, body });
    return this.peer.read(answer, schema);
  }
}
