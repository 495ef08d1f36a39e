/**
 * This process's right to hold deliveries: a row that it keeps alive.
 * Guarantee: `current()` is null from before the moment at which others may take over; whoever outlived its own lease
 * goes on under a new name, with nothing in its hands. Claims of the dead are freed by any living process.
 * Limits: a process that is frozen in the middle of a call cannot be kept from finishing it: that call may be made twice.
 * Failure modes: without Postgres the lease ends and sending pauses; it goes on when Postgres is back.
 */
import { randomUUID } from 'node:crypto';
import type { OnApplicationBootstrap } from '@nestjs/common';
import type { Sql } from '@postrider/database';
import type { Clock, Logger } from '@postrider/runtime';

const BEATS_PER_LEASE = 4;

const RENEW = `
  UPDATE workers SET alive_until = now() + $2::float8 * interval '1 millisecond' WHERE id = $1 AND alive_until > now() RETURNING id`;
const REGISTER = `INSERT INTO workers (id, alive_until) VALUES ($1, now() + $2::float8 * interval '1 millisecond')`;
const BURY = `DELETE FROM workers WHERE alive_until < now() OR id = $1 RETURNING id`;
/** A statement of its own, so that it sees what the dead claimed until their row was gone. */
const FREE = `UPDATE deliveries SET claimed_by = NULL WHERE state = 'pending' AND claimed_by = ANY ($1::uuid[])`;

export class WorkerLease implements OnApplicationBootstrap {
  private id: string | undefined;
  private aliveUntil = 0;
  private timer: NodeJS.Timeout | undefined;
  private ended = false;
  private lost: () => void = () => undefined;

  constructor(
    private readonly sql: Sql,
    private readonly logger: Logger,
    private readonly clock: Clock,
    private readonly leaseMs: number,
  ) {}

  /** The name to claim under; null while nothing may be claimed or sent. */
  current(): string | null {
    return this.id !== undefined && !this.ended && this.clock.monotonicMs() < this.aliveUntil ? this.id : null;
  }

  /** The name under which work that is already in hand is recorded, also while the lease is over. */
  name(): string {
    return this.id ?? '00000000-0000-0000-0000-000000000000';
  }

  /** Called when everything in hand belongs to others. */
  onLost(listener: () => void): void {
    this.lost = listener;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.beat();
    this.schedule();
  }

  /** From now on nothing is claimed; what is in hand may still be recorded. */
  retire(): void {
    this.ended = true;
  }

  /** Frees at once what is in hand. */
  async resign(): Promise<void> {
    this.retire();
    clearTimeout(this.timer);
    await this.bury().catch((error: unknown) => this.logger.warn('lease.not-given-back', { error }));
  }

  private schedule(): void {
    this.timer = setTimeout(() => void this.beatSafely().then(() => this.schedule()), this.leaseMs / BEATS_PER_LEASE);
    this.timer.unref();
  }

  private async beatSafely(): Promise<void> {
    try {
      await this.beat();
    } catch (error) {
      this.logger.warn('lease.not-renewed', { error });
    }
  }

  private async beat(): Promise<void> {
    const asked = this.clock.monotonicMs();
    if (!(await this.renew())) await this.register();
    this.aliveUntil = asked + this.leaseMs - this.leaseMs / BEATS_PER_LEASE;
    if (!this.ended) await this.bury();
  }

  private async renew(): Promise<boolean> {
    if (this.id === undefined) return false;
    const rows = await this.sql.query(RENEW, [this.id, this.leaseMs], { name: 'worker-renew' });
    return rows.length > 0;
  }

  private async register(): Promise<void> {
    const id = randomUUID();
    await this.sql.query(REGISTER, [id, this.leaseMs]);
    if (this.id !== undefined) {
      this.logger.warn('lease.lost', { worker: this.id, now: id });
      this.lost();
    }
    this.id = id;
  }

  /** Frees the claims of the dead; at the end also our own. */
  private bury(): Promise<void> {
    return this.sql.transaction(async (sql) => {
      const dead = await sql.query<{ id: string }>(BURY, [this.ended ? this.id : null], { name: 'worker-bury' });
      if (dead.length > 0) await sql.query(FREE, [dead.map(({ id }) => id)]);
    });
  }
}
