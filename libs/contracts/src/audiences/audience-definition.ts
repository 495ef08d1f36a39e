import { z } from 'zod';
import { TimeZone } from '../http/admin/fields.js';
import { Composition } from './composition.js';
import { RuleGroup } from './rules.js';

export const AudienceSource = z.enum(['segment', 'upload', 'composition']);
export type AudienceSource = z.infer<typeof AudienceSource>;

/** When it is evaluated again: a cron expression of five fields, read in the time zone. */
export const EvaluationSchedule = z.strictObject({ cron: z.string().min(9).max(100), timeZone: TimeZone.default('UTC') });
export type EvaluationSchedule = z.infer<typeof EvaluationSchedule>;

/** An audience as an administrator defined it; who its members are, audience-resolver knows. */
export const AudienceDefinition = z.object({
  kind: z.literal('audience'),
  id: z.string(),
  tenantId: z.string(),
  name: z.string(),
  source: AudienceSource,
  /** Segments only. */
  rules: RuleGroup.nullable(),
  /** Compositions only. */
  composition: Composition.nullable(),
  evaluationSchedule: EvaluationSchedule.nullable(),
  /** Only compositions can be drafts; a draft can be evaluated and not sent to. */
  published: z.boolean(),
  /** One more with each edit. */
  revision: z.int().positive().optional(),
});
export type AudienceDefinition = z.infer<typeof AudienceDefinition>;
