import { z } from 'zod';
import { Shield } from '../../configuration/parts.js';
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

/** What holds for all sandboxes of an organization. */
export const Organization = z.object({ orgId: z.string(), shields: z.array(Shield) }).meta({ id: 'Organization' });
export type Organization = z.infer<typeof Organization>;

export const OrganizationPatch = z.strictObject({ shields: z.array(Shield).max(2) }).partial().meta({ id: 'OrganizationPatch' });
export type OrganizationPatch = z.infer<typeof OrganizationPatch>;
