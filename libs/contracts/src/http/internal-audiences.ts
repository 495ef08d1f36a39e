/** The internal API of audience-resolver: bodies are checked by it, paths are below `/internal`. */
import { z } from 'zod';
import { JsonObject } from '../words.js';
import { Evaluation } from './admin/audiences.js';

/**
 * `POST /audiences/estimate?tenantId=` takes `EstimateInput`, answers `Estimate`.
 * `POST /audiences/latest?tenantId=` takes `{ids}`, answers `{evaluations}`: the last completed one of each that has one.
 * `POST /audiences/{id}/evaluate?tenantId=` answers 202 and an `Evaluation`; one that runs already is answered again.
 * `GET /audiences/{id}/evaluations?tenantId=&cursor=&limit=` answers pages of `Evaluation`, newest first.
 * `GET /audiences/{id}/members?tenantId=&cursor=&limit=` answers pages of `AudienceMember`.
 * `POST /audiences/{id}/upload?tenantId=&…UploadQuery`, text/csv, answers `Upload` when it is complete.
 * `GET /audiences/{id}/uploads/{uploadId}?tenantId=` answers `Upload`; `…/errors` the report as text/csv: line,column,code,message.
 */
export const LatestEvaluations = z.object({ evaluations: z.array(Evaluation) });
export type LatestEvaluations = z.infer<typeof LatestEvaluations>;

/**
 * `POST /runs/preview` : what a run would come to now. Answers 404 AUDIENCE_NOT_FOUND.
 */
export const RunPreviewInput = z.strictObject({ tenantId: z.string(), audienceId: z.string(), identityType: z.string(), limit: z.int().min(0).max(20) });
export type RunPreviewInput = z.infer<typeof RunPreviewInput>;

export const RunPreview = z.object({
  targeted: z.int().nonnegative(),
  missingIdentity: z.int().nonnegative(),
  /** The first recipients; attributes are the profile's with those of the membership over them. */
  recipients: z.array(z.object({ profileId: z.string(), userId: z.string(), address: z.string().nullable(), attributes: JsonObject })),
});
export type RunPreview = z.infer<typeof RunPreview>;

/**
 * A run as `GET /runs/{executionId}?tenantId=` and `POST /runs/{executionId}/{pause|resume|cancel}` with `{tenantId}` answer it.
 * 404 when the resolver has not met the execution; a cancelled or finished one cannot be paused or resumed (409).
 */
export const Run = z.object({
  executionId: z.string(),
  audienceId: z.string(),
  evaluationId: z.string().nullable(),
  /** `Waiting`: for the first evaluation of its audience. */
  state: z.enum(['Waiting', 'Running', 'Paused', 'Cancelled', 'Completed', 'Failed']),
  targeted: z.int().nonnegative(),
  /** Of these, how many have become recipients, or were excluded. */
  resolved: z.int().nonnegative(),
  missingIdentity: z.int().nonnegative(),
});
export type Run = z.infer<typeof Run>;

/** The dispatcher's `POST /internal/executions/{executionId}/{pause|resume}` takes it and answers `{}`. */
export const HoldExecution = z.strictObject({ tenantId: z.string() });
export type HoldExecution = z.infer<typeof HoldExecution>;
