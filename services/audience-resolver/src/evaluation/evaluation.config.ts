import { z } from 'zod';

export const evaluationEnv = {
  /** How long one evaluation may take before it fails. */
  AUDIENCE_STATEMENT_TIMEOUT_MS: z.coerce.number().int().positive().default(60_000),
  /** How long an estimate may take. */
  AUDIENCE_ESTIMATE_TIMEOUT_MS: z.coerce.number().int().positive().default(5_000),
  /** The planner's total cost above which rules or a composition are refused. */
  AUDIENCE_MAX_COST: z.coerce.number().positive().default(50_000_000),
  /** How often evaluations to be carried on and schedules that are due are looked for. */
  AUDIENCE_POLL_MS: z.coerce.number().int().min(50).default(1_000),
  /** How long the members of an evaluation stay after another one took its place. */
  AUDIENCE_KEEP_MS: z.coerce.number().int().nonnegative().default(600_000),
};

export type EvaluationConfig = Readonly<z.infer<z.ZodObject<typeof evaluationEnv>>>;

export const EVALUATION_CONFIG = Symbol('EvaluationConfig');
