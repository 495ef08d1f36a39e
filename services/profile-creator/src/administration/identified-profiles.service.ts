/**
 * Guarantee: each value gets the profile that has it, and one is made where nobody has it. However many callers ask for one
 * value at once, it has one profile, and all of them are told the same.
 * Limit: calls are not one transaction: what was made before a failure stays, and asking again finds it.
 * Failure modes: profiles deleted again and again while they are made end in `ProfilesKeepChanging`.
 */
import { Injectable } from '@nestjs/common';
import type { IdentifiedProfiles, ProfilesOfIdentities } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { normaliseIdentity, validateIdentity } from '@postrider/identity';
import type { StoredIdentity } from '../profiles/identity-key.js';
import { createProfiles } from '../profiles/known-profiles.js';
import { InvalidProfileInput, ProfilesKeepChanging } from '../profiles/profiles.errors.js';
import { findProfileIds } from './read-profiles.js';
import { Regions } from './regions.js';

/** The dataset of profiles that exist because an audience was uploaded. */
export const UPLOAD_DATASET = 'Audience Upload';
const ROUNDS = 5;

@Injectable()
export class IdentifiedProfilesService {
  constructor(
    private readonly sql: Sql,
    private readonly regions: Regions,
  ) {}

  /** The profiles of identities in one namespace, at the places of the values. @throws InvalidProfileInput naming each bad value */
  async of({ tenantId, namespace, values }: ProfilesOfIdentities): Promise<IdentifiedProfiles> {
    const normalised = this.normalise(tenantId, namespace, values);
    const ids = new Map<string, string>();
    let open = [...new Set(normalised)];
    let created = 0;
    // Making comes first: whoever asks has looked already.
    for (let round = 0; round < ROUNDS && open.length > 0; round++) {
      created += await this.create(tenantId, namespace.toLowerCase(), open, ids);
      open = await this.find(tenantId, namespace.toLowerCase(), open.filter((value) => !ids.has(value)), ids);
    }
    if (open.length > 0) throw new ProfilesKeepChanging();
    return { profileIds: normalised.map((value) => ids.get(value) ?? ''), created };
  }

  private normalise(tenantId: string, namespace: string, values: readonly string[]): string[] {
    const region = this.regions.of(tenantId);
    const faults = values.flatMap((value, index) => {
      const message = validateIdentity(value);
      return message === undefined ? [] : [{ path: `/values/${index}`, code: 'INVALID_IDENTITY', message, index }];
    });
    if (faults.length > 0) throw new InvalidProfileInput(faults);
    return values.map((value) => normaliseIdentity(namespace, value, region));
  }

  /** @returns the values that nobody has any more */
  private async find(tenantId: string, namespace: string, values: readonly string[], ids: Map<string, string>): Promise<string[]> {
    if (values.length === 0) return [];
    for (const { value, profileId } of await findProfileIds(this.sql, tenantId, namespace, values)) ids.set(value, profileId);
    return values.filter((value) => !ids.has(value));
  }

  /** @returns how many were made; the others have been taken by somebody meanwhile */
  private async create(tenantId: string, namespace: string, values: readonly string[], ids: Map<string, string>): Promise<number> {
    const identities = values.map((value): StoredIdentity => ({ tenantId, namespace, value }));
    const made = await createProfiles(this.sql, identities, UPLOAD_DATASET);
    for (const [position, profileId] of made.entries()) {
      const value = values[position];
      if (value !== undefined && profileId !== undefined) ids.set(value, profileId);
    }
    return made.filter((profileId) => profileId !== undefined).length;
  }
}
