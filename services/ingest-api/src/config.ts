import { authEnv } from '@postrider/auth';
import { postgresEnv } from '@postrider/database';
import { kafkaEnv } from '@postrider/kafka';
import { redisEnv } from '@postrider/locks';
import { internalEnv, runtimeEnv } from '@postrider/runtime';
import { z } from 'zod';

export const configSchema = z.object({
  ...runtimeEnv,
  ...kafkaEnv,
  ...postgresEnv,
  ...redisEnv,
  ...authEnv,
  ...internalEnv,
  DISPATCHER_URL: z.url(),
  AUDIENCE_RESOLVER_URL: z.url(),
  /** Calls a second that a key may make when it has no limit of its own. */
  RATE_LIMIT_PER_SECOND: z.coerce.number().int().positive().default(2_000),
  /** Calls at once; more are refused before anything is stored. */
  MAX_CALLS_IN_FLIGHT: z.coerce.number().int().positive().default(512),
  /** Records that wait for the broker; with more, calls are refused. */
  MAX_PUBLISHER_BACKLOG: z.coerce.number().int().positive().default(20_000),
  /** What becomes of a schedule that is carried out later than allowed. */
  SCHEDULE_LATE: z.enum(['fire', 'expire']).default('fire'),
  /** How late is late. */
  SCHEDULE_LATE_AFTER_MS: z.coerce.number().int().positive().default(300_000),
});

export type Config = Readonly<z.infer<typeof configSchema>>;
