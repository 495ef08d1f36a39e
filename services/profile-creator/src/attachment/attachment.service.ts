/**
 * Guarantee: every recipient leaves once, ready or excluded, under ids that a replay gives again. An identity that is
 * created has one profile, however many processes create it at once; a replay finds that profile and publishes again, so
 * a crash between the write and the publish loses nothing.
 * Limits: what is read is the state of now. A replay after somebody changed the profile (or created one that the campaign
 * refused) says something else under the same messageId; the ledger keeps the first thing it was told.
 * Failure modes: Postgres down is a DependencyUnavailable, and the partition waits. A profile deleted again and again while
 * it is created ends in `ProfilesKeepChanging`, which waits as well.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { RecipientResolved } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { ProfilesKeepChanging } from '../profiles/profiles.errors.js';
import { identityKeyOf, type StoredIdentity } from '../profiles/identity-key.js';
import { createProfiles, findProfiles, type KnownProfile } from '../profiles/known-profiles.js';
import type { Attachment } from './attachment.js';
import { AttachmentMetrics } from './attachment-metrics.js';
import { CreatedIdentities } from './created-identities.js';
import { NeededAttributes } from './needed-attributes.js';
import { settleRecipient } from './settle-recipient.js';

/** The dataset of profiles that exist because a message was sent to them. */
export const EXECUTION_DATASET = 'AJO Interactive Messaging Profile';
const CREATE_ROUNDS = 5;

/** Profiles by recipientKey. */
type Profiles = Map<string, KnownProfile>;

@Injectable()
export class AttachmentService {
  constructor(
    private readonly sql: Sql,
    private readonly needed: NeededAttributes,
    private readonly identities: CreatedIdentities,
    private readonly metrics: AttachmentMetrics,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Gives each recipient its profile and its address, or the reason why it gets nothing. */
  async attach(recipients: readonly RecipientResolved[]): Promise<Attachment> {
    const profiles = await this.findKnown(recipients);
    await this.createMissing(recipients, profiles);
    const readyAt = this.clock.now().toISOString();
    const attachment: Attachment = { ready: [], excluded: [] };
    for (const recipient of recipients) {
      const needed = this.needed.of(recipient.campaignVersionId);
      const settled = settleRecipient(recipient, profiles.get(recipient.recipientKey), { needed, readyAt });
      if ('code' in settled) attachment.excluded.push(settled);
      else attachment.ready.push(settled);
    }
    return attachment;
  }

  private async findKnown(recipients: readonly RecipientResolved[]): Promise<Profiles> {
    const people = new Map<string, StoredIdentity>();
    for (const recipient of recipients) {
      if (!people.has(recipient.recipientKey)) people.set(recipient.recipientKey, namedIdentityOf(recipient));
    }
    const found = await findProfiles(this.sql, [...people.values()]);
    const profiles: Profiles = new Map();
    for (const [position, key] of [...people.keys()].entries()) {
      const profile = found[position];
      if (profile) profiles.set(key, profile);
    }
    return profiles;
  }

  /** Adds to `profiles` whoever is unknown and whose campaign says `create`. */
  private async createMissing(recipients: readonly RecipientResolved[], profiles: Profiles): Promise<void> {
    const missing = recipients.filter((one) => one.unknownProfiles === 'create' && !profiles.has(one.recipientKey));
    if (missing.length === 0) return;
    const identityOf = new Map(missing.map((one) => [one.recipientKey, this.identities.of(one)]));
    const created = await this.createAll([...identityOf.values()]);
    for (const [recipientKey, identity] of identityOf) profiles.set(recipientKey, created.get(identityKeyOf(identity)) as KnownProfile);
  }

  /** The profile of each identity, by its key: created here, or by somebody else a moment ago. */
  private async createAll(identities: readonly StoredIdentity[]): Promise<Map<string, KnownProfile>> {
    const profiles = new Map<string, KnownProfile>();
    let open = new Map(identities.map((identity) => [identityKeyOf(identity), identity]));
    for (let round = 0; round < CREATE_ROUNDS && open.size > 0; round++) {
      const taken = await this.createRound([...open.values()], profiles);
      const found = await findProfiles(this.sql, taken);
      for (const [position, profile] of found.entries()) {
        const identity = taken[position];
        if (profile && identity) profiles.set(identityKeyOf(identity), profile);
      }
      open = new Map([...open].filter(([key]) => !profiles.has(key)));
    }
    if (open.size > 0) throw new ProfilesKeepChanging();
    return profiles;
  }

  /** @returns the identities that somebody has already */
  private async createRound(identities: readonly StoredIdentity[], profiles: Profiles): Promise<StoredIdentity[]> {
    const ids = await createProfiles(this.sql, identities, EXECUTION_DATASET);
    const taken: StoredIdentity[] = [];
    for (const [position, identity] of identities.entries()) {
      const profileId = ids[position];
      if (profileId === undefined) taken.push(identity);
      else profiles.set(identityKeyOf(identity), emptyProfile(profileId, identity));
    }
    this.metrics.countCreated(identities.length - taken.length);
    return taken;
  }
}

function namedIdentityOf(recipient: RecipientResolved): StoredIdentity {
  return { tenantId: recipient.tenantId, namespace: recipient.namespace.toLowerCase(), value: recipient.identity };
}

function emptyProfile(profileId: string, identity: StoredIdentity): KnownProfile {
  return { profileId, attributes: {}, consents: {}, email: identity.namespace === 'email' ? identity.value : null };
}
