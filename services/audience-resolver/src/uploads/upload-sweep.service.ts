/**
 * Clears away what uploads left that came to no good end.
 * Guarantee: an upload whose process died is Failed soon after its lease ran out, and no member of a failed one stays.
 * Limits: any number of processes may sweep; they do some of the work twice, and none of it wrong.
 */
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { Logger, kindOf, logLevelOf, pause } from '@postrider/runtime';
import { findFailed, giveUpLapsed, markEmpty, removeMembers, removeOldUploads } from './upload-statements.js';

const EVERY_MS = 2_000;
const MEMBERS_A_STATEMENT = 10_000;
/** A report may have 100,000 lines, which go with it. */
const OLD_UPLOADS_A_SWEEP = 5;

@Injectable()
export class UploadSweepService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly sql: Sql,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = this.repeat();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  async sweep(): Promise<void> {
    const lapsed = await giveUpLapsed(this.sql, 'The process that took the file ended. Send it again.');
    for (const uploadId of lapsed) this.logger.warn('upload.lapsed', { uploadId });
    for (const evaluationId of await findFailed(this.sql)) await this.empty(evaluationId);
    await removeOldUploads(this.sql, OLD_UPLOADS_A_SWEEP);
  }

  private async empty(evaluationId: string): Promise<void> {
    for (let removed = MEMBERS_A_STATEMENT; removed === MEMBERS_A_STATEMENT; ) {
      if (this.stopping.signal.aborted) return;
      removed = await removeMembers(this.sql, evaluationId, MEMBERS_A_STATEMENT);
    }
    await markEmpty(this.sql, evaluationId);
  }

  /** The next round comes anyway, so a failure is told and not passed on. */
  private async repeat(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.sweep().catch((error: unknown) => this.logger[logLevelOf(kindOf(error))]('upload-sweep.failed', { error }));
      await pause(EVERY_MS, signal);
    }
  }
}
