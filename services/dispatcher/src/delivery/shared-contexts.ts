/**
 * The one context of an execution, in place of one carried by each recipient.
 * Guarantee: it is read once for each execution and process, however many chunks ask for it at a time, and kept while it is
 * used: at most so many at a time, the one that was used the longest ago going first.
 * Failure mode: one that is not there (any more) is not remembered; its recipients cannot be rendered.
 */
import { Injectable } from '@nestjs/common';
import type { JsonObject, RecipientReady } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { readSharedContexts } from '../ledger/shared-context.js';

/** A context is at most 200 KB. */
const MOST_KEPT = 64;

@Injectable()
export class SharedContexts {
  private readonly kept = new Map<string, Promise<JsonObject | undefined>>();

  constructor(private readonly sql: Sql) {}

  /** What each recipient's template may use as `context`; undefined where it is not to be had. */
  async contextsOf(recipients: readonly RecipientReady[]): Promise<(JsonObject | undefined)[]> {
    const shared = new Map<string, JsonObject | undefined>();
    const ids = new Set(recipients.flatMap((ready) => (ready.sharedContext ? [ready.executionId] : [])));
    await Promise.all([...ids].map(async (id) => shared.set(id, await this.contextOf(id))));
    return recipients.map((ready) => (ready.sharedContext ? shared.get(ready.executionId) : ready.context));
  }

  private async contextOf(executionId: string): Promise<JsonObject | undefined> {
    const asked = this.kept.get(executionId) ?? readSharedContexts(this.sql, [executionId]).then(([found]) => found?.context);
    this.kept.delete(executionId);
    this.kept.set(executionId, asked);
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value ?? '');
    try {
      const context = await asked;
      if (context === undefined) this.forget(executionId, asked);
      return context;
    } catch (error) {
      this.forget(executionId, asked);
      throw error;
    }
  }

  private forget(executionId: string, asked: Promise<unknown>): void {
    if (this.kept.get(executionId) === asked) this.kept.delete(executionId);
  }
}
