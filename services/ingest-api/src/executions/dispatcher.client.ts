import { CancelledExecution, type CancelExecution } from '@postrider/contracts';
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
  async cancel(executionId: string, body: CancelExecution): Promise<CancelledExecution> {
    try {
      const answer = await request(`${this.url}/internal/executions/${encodeURIComponent(executionId)}/cancel`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [INTERNAL_TOKEN_HEADER]: this.token },
        body: JSON.stringify(body),
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`it answered ${answer.statusCode}`);
      return CancelledExecution.parse(JSON.parse(text));
    } catch (error) {
      throw new DependencyUnavailable('dispatcher', error);
    }
  }
}
