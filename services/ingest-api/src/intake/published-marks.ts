import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { Logger } from '@postrider/runtime';

const DELAY_MS = 200;

/**
 * Notes which executions the log has; later, and many at a time.
 * Limit: a mark that was lost costs one more publish when the call is repeated, and shows the execution as abandoned where
 * the ledger does not know better; so marks are kept until they are written.
 */
@Injectable()
export class PublishedMarks implements BeforeApplicationShutdown {
  private pending = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sql: Sql,
    private readonly logger: Logger,
  ) {}

  add(executionId: string): void {
    this.pending.add(executionId);
    this.timer ??= setTimeout(() => void this.flush(), DELAY_MS);
  }

  /** Known to be on the log, and not written down yet. */
  isMarked(executionId: string): boolean {
    return this.pending.has(executionId);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    if (this.pending.size > 0) await this.flush();
    clearTimeout(this.timer);
  }

  private async flush(): Promise<void> {
    this.timer = undefined;
    const marked = [...this.pending].sort();
    this.pending = new Set();
    try {
      await this.sql.query('UPDATE executions SET published_at = now() WHERE execution_id = ANY($1::text[]) AND published_at IS NULL', [marked], { name: 'mark-published' });
    } catch (error) {
      this.logger.warn('ingest.marks-wait', { executions: marked.length, error });
      for (const executionId of marked) this.add(executionId);
    }
  }
}
