import { z } from 'zod';
import { Consents, Instant, JsonObject } from '../../words.js';

export const ProfileIdentity = z.strictObject({ namespace: z.string().min(1).max(64), value: z.string().min(1).max(512) });
export type ProfileIdentity = z.infer<typeof ProfileIdentity>;

/**
 * Identities that are known already name the profile to be changed; it gets the others. Attributes and consents are merged
 * one level deep: a name that is given replaces, `null` removes an attribute, the others stay.
 */
export const ProfileInput = z
  .strictObject({
    identities: z.array(ProfileIdentity).min(1).max(20),
    attributes: JsonObject.default({}),
    consents: Consents.default({}),
  })
  .meta({ id: 'ProfileInput' });
export type ProfileInput = z.infer<typeof ProfileInput>;

export const Profile = z
  .object({
    id: z.string(),
    dataset: z.string(),
    identities: z.array(z.object({ namespace: z.string(), value: z.string() })),
    attributes: JsonObject,
    consents: Consents,
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Profile' });
export type Profile = z.infer<typeof Profile>;

/** What became of a bulk upload: lines that fail do not stop the others. */
export const BulkProfiles = z
  .object({
    received: z.int().nonnegative(),
    created: z.int().nonnegative(),
    updated: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    /** The first faults; `line` counts from 1. */
    errors: z.array(z.object({ line: z.int().positive(), path: z.string(), code: z.string(), message: z.string() })),
  })
  .meta({ id: 'BulkProfiles' });
export type BulkProfiles = z.infer<typeof BulkProfiles>;
