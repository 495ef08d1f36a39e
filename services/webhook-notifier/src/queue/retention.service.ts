import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Sql } from '@postrider/database';
import type { Logger } from '@postrider/runtime';

const HOUR_MS = 3_600_000;
const BATCH = 5_000;

const ABANDON = `
  WITH old AS (
    UPDATE deliveries SET state = 'abandoned', finished_at = now(), claimed_by = NULL
    WHERE id IN (SELECT id FROM deliveries WHERE state = 'pending' AND created_at < now() - $1::integer * interval '1 day' LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING id
  ) SELECT count(*) AS count FROM old`;
const FORGET_DELIVERIES = `
  WITH old AS (
    DELETE FROM deliveries
    WHERE id IN (SELECT id FROM deliveries WHERE finished_at < now() - $1::integer * interval '1 day' LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING id
  ) SELECT count(*) AS count FROM old`;
const FORGET_ATTEMPTS = `
  WITH old AS (
    DELETE FROM attempts
    WHERE id IN (SELECT id FROM attempts WHERE started_at < now() - $1::integer * interval '1 day' LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING id
  ) SELECT count(*) AS count FROM old`;

/** Keeps the queue from growing for ever: once an hour, in small statements, what is older than the retention goes. */
export class RetentionService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sql: Sql,
    private readonly logger: Logger,
    private readonly days: number,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweep().catch((error: unknown) => this.logger.warn('retention.failed', { error }));
    }, HOUR_MS);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Abandons what was pending too long, forgets what ended long ago. */
  async sweep(): Promise<void> {
    const abandoned = await this.untilNone(ABANDON);
    const deliveries = await this.untilNone(FORGET_DELIVERIES);
    const attempts = await this.untilNone(FORGET_ATTEMPTS);
    this.logger.info('retention.swept', { abandoned, deliveries, attempts });
  }

  private async untilNone(statement: string): Promise<number> {
    let total = 0;
    for (;;) {
      const [row] = await this.sql.query<{ count: string }>(statement, [this.days, BATCH]);
      const count = Number(row?.count ?? 0);
      total += count;
      if (count < BATCH) return total;
    }
  }
}
