import { z } from 'zod';
import { NamespaceType } from '../../configuration/parts.js';
import { Instant } from '../../words.js';
import { Name } from './fields.js';

export const NamespaceInput = z
  .strictObject({
    name: Name,
    /** Unique in the sandbox without regard to case; never changes. */
    symbol: z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, 'must begin with a letter and hold letters, digits, "_", "." and "-" only, at most 64'),
    type: NamespaceType,
  })
  .meta({ id: 'NamespaceInput' });
export type NamespaceInput = z.infer<typeof NamespaceInput>;

/** Symbol and type never change. */
export const NamespacePatch = z.strictObject({ name: Name }).meta({ id: 'NamespacePatch' });
export type NamespacePatch = z.infer<typeof NamespacePatch>;

export const Namespace = z
  .object({
    symbol: z.string(),
    name: z.string(),
    type: NamespaceType,
    custom: z.boolean(),
    /** Adobe's number of a standard namespace. */
    number: z.int().nullable(),
    createdAt: Instant,
  })
  .meta({ id: 'Namespace' });
export type Namespace = z.infer<typeof Namespace>;
