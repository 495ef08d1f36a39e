/**
 * One worker's turn on one shard.
 * Guarantee: each member of the shard is published at least once and counted exactly once, whoever dies when. The end of a
 * page is stored before the page is published, and its counts together with the beginning of the next one, under the token of
 * the lease; a page of which nobody knows is published again as it was begun, with the same ids.
 * Limits: two pages in memory. The transactional lane of the process goes first, and holds a part of a page for a second at most. A turn is short, so that runs share the workers; pause and cancel take effect between pages.
 * Failure modes: a broker or a database that does not answer ends the turn; the next one begins at the checkpoint.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { AudienceRecipientExcluded, RecipientResolved } from '@postrider/contracts';
import type { Sql } from '@postrider/database';
import type { ConfigurationTable, MessagePublisher } from '@postrider/kafka';
import { within } from '@postrider/runtime';
import { readMembers, type RunMember } from './member-pages.js';
import type { RunMetrics } from './run-metrics.js';
import { recipientsOf } from './run-recipients.js';
import { advanceShard, type Place, type ShardClaim } from './shard-leases.js';

export interface ShardWorkerOptions {
  pageMembers: number;
  leaseMs: number;
  /** How long a turn takes before others have theirs. */
  turnMs: number;
}

export interface ShardWorkerParts {
  sql: Sql;
  /** One of its own: what waits here must not delay what others publish. */
  publisher: MessagePublisher;
  configurations: ConfigurationTable;
  metrics: RunMetrics;
  /** Resolves when the transactional lane of the process rests. */
  bulkMayBegin: () => Promise<void>;
}

/** Bulk goes on slowly where the transactional lane never rests. */
const LONGEST_HOLD_MS = 1_000;
/** The event loop is given back between so many members. */
const CHUNK_MEMBERS = 250;

interface Done {
  at: Place;
  resolved: number;
  missingIdentity: number;
}

export class ShardWorker {
  constructor(
    private readonly parts: ShardWorkerParts,
    private readonly options: ShardWorkerOptions,
  ) {}

  /** Works until the turn is over, the shard is at its end, or its run goes on no more; the lease is given back then. */
  async work(claim: ShardClaim, signal: AbortSignal): Promise<void> {
    const endsAt = performance.now() + this.options.turnMs;
    let members = await this.read(claim, claim.at, claim.publishing);
    let goesOn = claim.publishing !== null || (await this.advance(claim, { at: claim.at, resolved: 0, missingIdentity: 0 }, members));
    while (goesOn) {
      const at: Place = members.at(-1) ?? claim.publishing ?? claim.at;
      const isOver = signal.aborted || performance.now() > endsAt;
      // The next page is read while this one is published.
      const [counts, next] = await Promise.all([this.publish(claim, members), isOver ? undefined : this.read(claim, at, null)]);
      goesOn = await this.advance(claim, { at, ...counts }, next);
      this.parts.metrics.count(counts);
      members = next ?? [];
    }
  }

  private read(claim: ShardClaim, after: Place, upTo: Place | null): Promise<RunMember[]> {
    return readMembers(this.parts.sql, claim, { after, upTo }, this.options.pageMembers);
  }

  /** Undefined members: they were not read; none: there are no more. */
  private advance(claim: ShardClaim, done: Done, next: readonly RunMember[] | undefined): Promise<boolean> {
    const last = next?.at(-1) ?? null;
    return advanceShard(this.parts.sql, claim, { ...done, next: last, isEnd: next?.length === 0 }, this.options.leaseMs);
  }

  private async publish({ accepted }: ShardClaim, members: readonly RunMember[]): Promise<Omit<Done, 'at'>> {
    const { publisher, configurations } = this.parts;
    // A version that is not known here creates nobody.
    const unknownProfiles = configurations.get('campaign-version', accepted.campaignVersionId)?.unknownProfiles ?? 'refuse';
    const sent: Promise<unknown>[] = [];
    let missingIdentity = 0;
    for (let start = 0; start < members.length; start += CHUNK_MEMBERS) {
      await this.heldBack();
      const { resolved, excluded } = recipientsOf(accepted, unknownProfiles, members.slice(start, start + CHUNK_MEMBERS));
      missingIdentity += excluded.length;
      const chunk = Promise.all([publisher.publish(RecipientResolved, resolved), publisher.publish(AudienceRecipientExcluded, excluded)]);
      // Waited for below; until then nobody would hear of a failure.
      chunk.catch(() => undefined);
      sent.push(chunk);
    }
    await Promise.all(sent);
    return { resolved: members.length, missingIdentity };
  }

  /** Gives the event loop to others, and the transactional lane its precedence. */
  private async heldBack(): Promise<void> {
    await turn();
    await within(LONGEST_HOLD_MS, this.parts.bulkMayBegin());
  }
}
