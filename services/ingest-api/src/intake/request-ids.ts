import { Injectable } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { requestIdReused } from '../calls/calls.errors.js';
import { bodyHash } from './body-hash.js';

/** Which requestIds are used up, and by which bodies: by executions, and by schedules, which are executions to come. */
@Injectable()
export class RequestIds {
  constructor(private readonly sql: Sql) {}

  /** @throws CallRefused with REQUEST_ID_REUSED where another body has it; DependencyUnavailable */
  async refuseReuse(executionId: string, call: object): Promise<void> {
    const users = await this.sql.query<{ bodyHash: Buffer }>(
      `SELECT body_hash AS "bodyHash" FROM executions WHERE execution_id = $1 UNION ALL SELECT body_hash FROM schedules WHERE execution_id = $1`,
      [executionId],
      { name: 'users-of-request-id' },
    );
    if (users.length === 0) return;
    const hash = bodyHash(call);
    if (users.some((user) => !hash.equals(user.bodyHash))) throw requestIdReused();
  }
}
