/**
 * Guarantee: planning many upserts at once comes to the same as applying them one after the other, in their order.
 * An upsert whose identities belong to different profiles changes nothing, and does not stop the others.
 * Limit: the plan is right as long as nobody else changes who has the identities; its writing finds out and starts again.
 */
import { randomUUIDv7 } from 'node:crypto';
import type { Consents, JsonObject } from '@postrider/contracts';
import type { ProfileUpsert } from './parse-profile.js';

export interface PlannedProfile {
  id: string;
  isNew: boolean;
  /** Merged one level deep into what is stored; `null` removes. */
  attributes: JsonObject;
  consents: Consents;
}

export interface PlannedIdentity {
  namespace: string;
  value: string;
  profileId: string;
}

/** What becomes of one upsert. */
export type UpsertOutcome =
  | { result: 'created' | 'updated'; profileId: string }
  | { result: 'conflict'; profileIds: string[] };

export interface UpsertPlan {
  profiles: PlannedProfile[];
  /** Identities that nobody has yet. */
  identities: PlannedIdentity[];
  /** In the order of the upserts. */
  outcomes: UpsertOutcome[];
}

export const ownerKeyOf = ({ namespace, value }: { namespace: string; value: string }): string => `${namespace}\0${value}`;

/** @param owners ids of the profiles that have the identities, by {@link ownerKeyOf} */
export function planUpserts(upserts: readonly ProfileUpsert[], owners: ReadonlyMap<string, string>): UpsertPlan {
  const planner = new Planner(new Map(owners));
  const outcomes = upserts.map((upsert) => planner.add(upsert));
  return { profiles: [...planner.profiles.values()], identities: planner.identities, outcomes };
}

class Planner {
  readonly profiles = new Map<string, PlannedProfile>();
  readonly identities: PlannedIdentity[] = [];

  constructor(private readonly owners: Map<string, string>) {}

  add(upsert: ProfileUpsert): UpsertOutcome {
    const ids = new Set(upsert.identities.map((identity) => this.owners.get(ownerKeyOf(identity))).filter((id) => id !== undefined));
    if (ids.size > 1) return { result: 'conflict', profileIds: [...ids].sort() };
    const [known] = ids;
    const profile = this.profileOf(known);
    profile.attributes = { ...profile.attributes, ...upsert.attributes };
    profile.consents = { ...profile.consents, ...upsert.consents };
    for (const identity of upsert.identities) this.own(identity, profile.id);
    return { result: known === undefined ? 'created' : 'updated', profileId: profile.id };
  }

  private profileOf(known: string | undefined): PlannedProfile {
    const planned = known === undefined ? undefined : this.profiles.get(known);
    if (planned) return planned;
    const profile = { id: known ?? randomUUIDv7(), isNew: known === undefined, attributes: {}, consents: {} };
    this.profiles.set(profile.id, profile);
    return profile;
  }

  private own(identity: { namespace: string; value: string }, profileId: string): void {
    const key = ownerKeyOf(identity);
    if (this.owners.has(key)) return;
    this.owners.set(key, profileId);
    this.identities.push({ ...identity, profileId });
  }
}
