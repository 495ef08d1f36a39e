import { AppError } from '@postrider/runtime';
import type { ExecutionStore, StoredExecution } from '../intake/execution-store.js';

/**
 * What `decide` decides, or the stored execution where the call would be refused today and was accepted before.
 * @throws what `decide` throws: for a refusal of a call that was never accepted, and at once for what may pass
 */
export async function decideOrRecall<Decision, Answer>(
  store: ExecutionStore,
  decide: () => Decision | Promise<Decision>,
  executionId: () => string,
): Promise<Decision | StoredExecution<Answer>> {
  try {
    return await decide();
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === 'transient') throw error;
    const stored = await store.find<Answer>(executionId());
    if (!stored) throw error;
    return stored;
  }
}
