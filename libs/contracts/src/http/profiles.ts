import { z } from 'zod';
import { Consents, Instant, JsonObject } from '../words.js';

/** One way to name a person. Namespace codes compare case-insensitively; values are normalised before they are stored. */
export const ProfileIdentity = z.object({ namespace: z.string().trim().min(1).max(64), value: z.string() });
export type ProfileIdentity = z.infer<typeof ProfileIdentity>;

/**
 * `PUT /internal/profiles?tenantId=` of profile-creator, and one line of `POST /internal/profiles/bulk?tenantId=`.
 * The profile is the one that has any of the identities; it gets the others. None has it: it is created.
 * Attributes and consents are merged one level deep: a name that is given replaces, `null` removes, the others stay.
 */
export const UpsertProfile = z.object({
  identities: z.array(ProfileIdentity).min(1).max(50),
  attributes: JsonObject.optional(),
  consents: z.record(z.string(), z.enum(['y', 'n']).nullable()).optional(),
  /** Where the data comes from; kept from the creation unless given again. */
  dataset: z.string().trim().min(1).max(256).optional(),
});
export type UpsertProfile = z.infer<typeof UpsertProfile>;

/** A person as profile-creator answers: 201 when created, 200 otherwise. */
export const Profile = z.object({
  id: z.uuid(),
  dataset: z.string(),
  identities: z.array(z.object({ namespace: z.string(), value: z.string() })),
  attributes: JsonObject,
  consents: Consents,
  createdAt: Instant,
  updatedAt: Instant,
});
export type Profile = z.infer<typeof Profile>;

/** `GET /internal/profiles?tenantId=&namespace=&value=`: the one that has the identity, or none. */
export const ProfileList = z.object({ items: z.array(Profile), nextCursor: z.string().nullable() });
export type ProfileList = z.infer<typeof ProfileList>;

/** What is wrong with one line of a bulk upsert; lines count from 1, blank ones included. */
export const BulkProfileError = z.object({
  line: z.int().positive(),
  code: z.enum(['INVALID_JSON', 'INVALID_BODY', 'INVALID_IDENTITY', 'CONFLICT', 'LINE_TOO_LONG']),
  message: z.string(),
});
export type BulkProfileError = z.infer<typeof BulkProfileError>;

/** The answer to `POST /internal/profiles/bulk`: `received = created + updated + failed`. */
export const BulkProfilesResult = z.object({
  /** Lines that are not blank. */
  received: z.int().nonnegative(),
  created: z.int().nonnegative(),
  updated: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  /** The first 1,000 of `failed`. */
  errors: z.array(BulkProfileError),
});
export type BulkProfilesResult = z.infer<typeof BulkProfilesResult>;
