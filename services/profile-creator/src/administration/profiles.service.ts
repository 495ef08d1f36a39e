import { Injectable } from '@nestjs/common';
import type { Profile } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { normaliseIdentity } from '@postrider/identity';
import { IdentitiesConflict, InvalidProfileInput, ProfileNotFound } from '../profiles/profiles.errors.js';
import { applyUpserts } from './apply-upserts.js';
import { parseProfile } from './parse-profile.js';
import type { UpsertOutcome } from './plan-upserts.js';
import { deleteProfile, readProfile, readProfileOf } from './read-profiles.js';
import { Regions } from './regions.js';

export interface UpsertedProfile {
  isNew: boolean;
  profile: Profile;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** One profile at a time, for administrators. */
@Injectable()
export class ProfilesService {
  constructor(
    private readonly sql: Sql,
    private readonly regions: Regions,
  ) {}

  /** @throws InvalidProfileInput with every fault, IdentitiesConflict naming the profiles */
  async upsert(tenantId: string, body: unknown): Promise<UpsertedProfile> {
    const parsed = parseProfile(body, this.regions.of(tenantId));
    if ('faults' in parsed) throw new InvalidProfileInput(parsed.faults);
    return applyUpserts(this.sql, tenantId, [parsed.upsert], async (sql, [outcome]) => {
      const { profileId, result } = settled(outcome);
      const profile = await readProfile(sql, tenantId, profileId);
      if (!profile) throw new ProfileNotFound();
      return { isNew: result === 'created', profile };
    });
  }

  async findByIdentity(tenantId: string, namespace: string, value: string): Promise<Profile | undefined> {
    const code = namespace.toLowerCase();
    return readProfileOf(this.sql, { tenantId, namespace: code, value: normaliseIdentity(code, value, this.regions.of(tenantId)) });
  }

  async get(tenantId: string, id: string): Promise<Profile> {
    const profile = UUID.test(id) ? await readProfile(this.sql, tenantId, id) : undefined;
    if (!profile) throw new ProfileNotFound();
    return profile;
  }

  async remove(tenantId: string, id: string): Promise<void> {
    const removed = UUID.test(id) && (await deleteProfile(this.sql, tenantId, id));
    if (!removed) throw new ProfileNotFound();
  }
}

function settled(outcome: UpsertOutcome | undefined): Exclude<UpsertOutcome, { result: 'conflict' }> {
  if (!outcome) throw new Error('An upsert was applied without an outcome.');
  if (outcome.result === 'conflict') throw new IdentitiesConflict(outcome.profileIds);
  return outcome;
}
