/**
 * Gives back to the queue what stands under this process's name in the database and is in none of its hands: claims of which
 * the answer was lost with a connection, what could not be given back when that was tried.
 * Guarantee: such a delivery is due again after two looks. What is on its way into these hands is left alone: a row is given
 * back only as it stood a whole look ago, which is longer than any statement takes.
 */
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Sql } from '@postrider/database';
import type { Logger } from '@postrider/runtime';
import type { Custody } from './custody.js';
import type { Lanes } from './lanes.js';

/** A row, and the transaction that wrote it last. */
interface Claim {
  id: string;
  version: string;
}

const CLAIMED = `SELECT id, xmin::text AS version FROM deliveries WHERE claimed_by = $1::uuid AND state = 'pending'`;
const FREE = `
  UPDATE deliveries d SET claimed_by = NULL
  FROM unnest($2::uuid[], $3::text[]) AS stray (id, version)
  WHERE d.id = stray.id AND d.xmin::text = stray.version AND d.claimed_by = $1::uuid AND d.state = 'pending'
  RETURNING d.id`;

export class StrayClaims implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  /** The version of each that the last look saw, by id. */
  private suspects = new Map<string, string>();

  /** @param intervalMs from look to look; longer than a statement may take */
  constructor(
    private readonly sql: Sql,
    private readonly lanes: Lanes,
    private readonly custody: Custody,
    private readonly logger: Logger,
    private readonly intervalMs: number,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.look().catch((error: unknown) => this.logger.warn('stray-claims.not-looked-for', { error }));
    }, this.intervalMs);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async look(): Promise<void> {
    const worker = this.custody.lease.name();
    const claimed = await this.sql.query<Claim>(CLAIMED, [worker]);
    const held = this.held();
    const strays = claimed.filter(({ id }) => !held.has(id));
    const lasting = strays.filter(({ id, version }) => this.suspects.get(id) === version);
    this.suspects = new Map(strays.map(({ id, version }) => [id, version]));
    if (lasting.length === 0) return;
    const freed = await this.sql.query(FREE, [worker, lasting.map(({ id }) => id), lasting.map(({ version }) => version)]);
    this.logger.warn('stray-claims.given-back', { count: freed.length });
  }

  private held(): Set<string> {
    const held = new Set<string>();
    for (const lane of this.lanes.all()) for (const { id } of lane.held()) held.add(id);
    for (const { id } of this.custody.recorder.held()) held.add(id);
    return held;
  }
}
