import { z } from 'zod';
import { Scope } from '../../configuration/parts.js';
import { Instant } from '../../words.js';
import { Name } from './fields.js';

const isDistinct = (items: readonly unknown[]): boolean => new Set(items).size === items.length;

export const ApiKeyInput = z
  .strictObject({
    name: Name,
    sandboxes: z.array(z.string().min(1).max(63)).min(1).max(50).refine(isDistinct, 'names a sandbox twice'),
    scopes: z.array(Scope).min(1).refine(isDistinct, 'names a scope twice'),
    /** Calls per second; null for no limit of its own. */
    ratePerSecond: z.int().positive().max(100_000).nullable().default(null),
  })
  .meta({ id: 'ApiKeyInput' });
export type ApiKeyInput = z.infer<typeof ApiKeyInput>;

export const ApiKeyInfo = z
  .object({
    /** What callers send as `x-api-key`. */
    apiKey: z.string(),
    name: z.string(),
    sandboxes: z.array(z.string()),
    scopes: z.array(Scope),
    ratePerSecond: z.int().positive().nullable(),
    createdAt: Instant,
    revokedAt: Instant.nullable(),
  })
  .meta({ id: 'ApiKeyInfo' });
export type ApiKeyInfo = z.infer<typeof ApiKeyInfo>;

/** The token is in this answer and in no other. */
export const CreatedApiKey = ApiKeyInfo.extend({ token: z.string() }).meta({ id: 'CreatedApiKey' });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;
