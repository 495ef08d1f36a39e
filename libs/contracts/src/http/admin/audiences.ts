import { z } from 'zod';
import { AudienceSource, EvaluationSchedule } from '../../audiences/audience-definition.js';
import { Composition } from '../../audiences/composition.js';
import { RuleGroup } from '../../audiences/rules.js';
import { Instant, JsonObject } from '../../words.js';
import { Name, pageQuery } from './fields.js';
import { Profile } from './profiles.js';

const fields = { name: Name, description: z.string().max(2_000), evaluationSchedule: EvaluationSchedule.nullable() };

/** `rules` belongs to a segment and `composition` to a composition; an upload has neither. */
export const AudienceInput = z
  .strictObject({
    ...fields,
    description: fields.description.default(''),
    evaluationSchedule: fields.evaluationSchedule.default(null),
    source: AudienceSource,
    rules: RuleGroup.optional(),
    composition: Composition.optional(),
    /** Compositions only; other audiences are published as they are made. */
    published: z.boolean().optional(),
  })
  .meta({ id: 'AudienceInput' });
export type AudienceInput = z.infer<typeof AudienceInput>;

export const AudiencePatch = z
  .strictObject({ ...fields, rules: RuleGroup, composition: Composition, published: z.boolean() })
  .partial()
  .meta({ id: 'AudiencePatch' });
export type AudiencePatch = z.infer<typeof AudiencePatch>;

/** One evaluation, or one upload: a set of members that never changes once it is complete. */
export const Evaluation = z
  .object({
    evaluationId: z.string(),
    audienceId: z.string(),
    status: z.enum(['Running', 'Completed', 'Failed']),
    /** Members so far; all of them when it is completed. */
    size: z.int().nonnegative(),
    startedAt: Instant,
    completedAt: Instant.nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'Evaluation' });
export type Evaluation = z.infer<typeof Evaluation>;

export const Audience = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    source: AudienceSource,
    rules: RuleGroup.nullable(),
    composition: Composition.nullable(),
    evaluationSchedule: EvaluationSchedule.nullable(),
    published: z.boolean(),
    /** The last completed evaluation, whose members a run goes to; null before the first. */
    evaluation: Evaluation.nullable(),
    createdAt: Instant,
    createdBy: z.string(),
    updatedAt: Instant,
  })
  .meta({ id: 'Audience' });
export type Audience = z.infer<typeof Audience>;

export const AudienceQuery = z.strictObject({
  ...pageQuery,
  /** Part of the name, whatever its case. */
  search: z.string().max(200).optional(),
  source: AudienceSource.optional(),
  /** Only those that a campaign may choose now: published, and not kept back by a shield. */
  usable: z.enum(['true', 'false']).optional(),
});
export type AudienceQuery = z.infer<typeof AudienceQuery>;

/** What rules or a composition come to now, before anything is saved. */
export const EstimateInput = z
  .strictObject({ rules: RuleGroup.optional(), composition: Composition.optional(), sampleSize: z.int().min(0).max(50).default(10) })
  .refine(({ rules, composition }) => (rules === undefined) !== (composition === undefined), 'needs either rules or a composition')
  .meta({ id: 'EstimateInput' });
export type EstimateInput = z.infer<typeof EstimateInput>;

export const Estimate = z.object({ count: z.int().nonnegative(), sample: z.array(Profile), tookMs: z.int().nonnegative() }).meta({ id: 'Estimate' });
export type Estimate = z.infer<typeof Estimate>;

export const AudienceMember = z
  .object({
    profileId: z.string(),
    identities: z.array(z.object({ namespace: z.string(), value: z.string() })),
    /** Of this membership: columns of an upload, enrichment of a composition. */
    attributes: JsonObject,
  })
  .meta({ id: 'AudienceMember' });
export type AudienceMember = z.infer<typeof AudienceMember>;

/** The query of `POST /audiences/{id}/upload`, whose body is CSV with a header line. */
export const UploadQuery = z.strictObject({
  /** The column with the identity; by default the one that is named like the namespace, else the first. */
  column: z.string().min(1).max(200).optional(),
  /** The namespace of the identities. */
  namespace: z.string().min(1).max(64).default('email'),
  /** What to do with an identity that no profile has: create a profile, or report the row. */
  unknownProfiles: z.enum(['create', 'refuse']).default('refuse'),
  /** Chosen by the caller, a new one for each upload, so that its progress can be read before it is answered. */
  uploadId: z.uuid().optional(),
});
export type UploadQuery = z.infer<typeof UploadQuery>;

/** Progress and result of an upload; a completed one is the audience's last evaluation. */
export const Upload = z
  .object({
    uploadId: z.string(),
    evaluationId: z.string(),
    audienceId: z.string(),
    status: z.enum(['Running', 'Completed', 'Failed']),
    /** Bytes of the body so far, and its whole length where the sender said it. */
    bytes: z.int().nonnegative(),
    totalBytes: z.int().nonnegative().nullable(),
    rows: z.int().nonnegative(),
    members: z.int().nonnegative(),
    profilesCreated: z.int().nonnegative(),
    duplicates: z.int().nonnegative(),
    failedRows: z.int().nonnegative(),
    error: z.string().nullable(),
    startedAt: Instant,
    completedAt: Instant.nullable(),
  })
  .meta({ id: 'Upload' });
export type Upload = z.infer<typeof Upload>;
