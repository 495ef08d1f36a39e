import { z } from 'zod';
import { Instant } from '../../words.js';

export const SandboxInput = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes, at most 63'),
    /** ISO 3166-1 alpha-2; how national phone numbers are read. */
    defaultRegion: z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters (ISO 3166-1)'),
  })
  .meta({ id: 'SandboxInput' });
export type SandboxInput = z.infer<typeof SandboxInput>;

export const Sandbox = z
  .object({ id: z.string(), orgId: z.string(), name: z.string(), defaultRegion: z.string(), createdAt: Instant })
  .meta({ id: 'Sandbox' });
export type Sandbox = z.infer<typeof Sandbox>;
