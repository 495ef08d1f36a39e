import { z } from 'zod';
import { lineOf } from '../http/admin/fields.js';

/** A field to rank by: an attribute, or when the profile was made or changed. */
const RankField = z.string().max(300).regex(/^(?:attributes(?:\.[^.\s]{1,100}){1,5}|createdAt|updatedAt)$/, 'must be attributes.<name>, createdAt or updatedAt');

/** An audience made of others. Its leaves name segments and uploads, no compositions. */
export type Composition =
  | { op: 'audience'; audienceId: string }
  | { op: 'union'; of: Composition[] }
  | { op: 'intersect'; of: Composition[] }
  | { op: 'exclude'; from: Composition; remove: Composition[] }
  | { op: 'split'; of: Composition; seed: string; from: number; to: number }
  | { op: 'rank'; of: Composition; by: string; direction: 'asc' | 'desc'; limit: number }
  | { op: 'enrich'; of: Composition; with?: { audienceId: string; attributes: string[] } | undefined; set: Record<string, string | number | boolean> };

export const Composition: z.ZodType<Composition> = z.lazy(() =>
  z.discriminatedUnion('op', [
    z.strictObject({ op: z.literal('audience'), audienceId: z.string().max(64) }),
    z.strictObject({ op: z.literal('union'), of: z.array(Composition).min(1).max(20) }),
    z.strictObject({ op: z.literal('intersect'), of: z.array(Composition).min(1).max(20) }),
    z.strictObject({ op: z.literal('exclude'), from: Composition, remove: z.array(Composition).min(1).max(20) }),
    /** The members whose stable hash with the seed falls into [from, to) of 100: shares with one seed never overlap. */
    z.strictObject({ op: z.literal('split'), of: Composition, seed: lineOf(64).default(''), from: z.number().min(0).max(100), to: z.number().min(0).max(100) }),
    /** The first `limit` by a field; members without it come last, ties by profile id. */
    z.strictObject({ op: z.literal('rank'), of: Composition, by: RankField, direction: z.enum(['asc', 'desc']).default('desc'), limit: z.int().min(1).max(100_000_000) }),
    /** Attributes that the content may use as `profile.<name>`: columns of an upload, and fixed ones. They are never stored in a profile. */
    z.strictObject({
      op: z.literal('enrich'),
      of: Composition,
      with: z.strictObject({ audienceId: z.string().max(64), attributes: z.array(z.string().min(1).max(100)).min(1).max(50) }).optional(),
      set: z.record(z.string().min(1).max(100), z.union([z.string().max(1_000), z.number(), z.boolean()])).default({}),
    }),
  ]),
).meta({ id: 'Composition' });

export const COMPOSITION_LIMITS = { depth: 10, steps: 50, published: 10 } as const;
