import { CancelledExecution, type CancelExecution, type HoldExecution } from '@postrider/contracts';
import { DependencyUnavailable, INTERNAL_TOKEN_HEADER } from '@postrider/runtime';
import { request } from 'undici';

const TIMEOUT_MS = 10_000;

/** The dispatcher's internal API. */
export class DispatcherClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** @throws DependencyUnavailable when it does not answer as expected; cancelling again is safe */
  cancel(executionId: string, body: CancelExecution): Promise<CancelledExecution> {
    return this.post(executionId, 'cancel', body, (answer) => CancelledExecution.parse(answer));
  }

  /** @throws DependencyUnavailable when it does not answer as expected; doing it again is safe */
  hold(executionId: string, action: 'pause' | 'resume', body: HoldExecution): Promise<void> {
    return this.post(executionId, action, body, () => undefined);
  }

  private async post<Answer>(executionId: string, action: string, body: object, read: (answer: unknown) => Answer): Promise<Answer> {
    try {
      const answer = await request(`${this.url}/internal/executions/${encodeURIComponent(executionId)}/${action}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [INTERNAL_TOKEN_HEADER]: this.token },
        body: JSON.stringify(body),
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`it answered ${answer.statusCode}`);
      return read(JSON.parse(text));
    } catch (error) {
      throw new DependencyUnavailable('dispatcher', error);
    }
  }
}
