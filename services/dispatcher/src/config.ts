import { postgresEnv } from '@postrider/database';
import { kafkaEnv } from '@postrider/kafka';
import { redisEnv } from '@postrider/locks';
import { internalEnv, runtimeEnv } from '@postrider/runtime';
import { secretsEnv } from '@postrider/secrets';
import { z } from 'zod';
import { FAULT_POINTS } from './faults/fault-points.js';

export const configSchema = z
  .object({
    ...runtimeEnv,
    ...kafkaEnv,
    ...postgresEnv,
    ...redisEnv,
    ...internalEnv,
    ...secretsEnv,
    /** How long the sends of a chunk may go on without a sign of life before they count as abandoned. */
    DISPATCH_LEASE_MS: z.coerce.number().int().min(1_000).default(30_000),
    /** Messages that share one intent and one record. More of them: fewer commits, more `unknown` at a crash. */
    DISPATCH_CHUNK_MESSAGES: z.coerce.number().int().min(1).max(500).default(250),
    /** How often due retries are looked for. */
    RETRY_POLL_MS: z.coerce.number().int().min(50).default(500),
    /** How long after its call a campaign with a send rate may still be sent; what has had no turn by then is excluded. */
    SENDING_WINDOW_MS: z.coerce.number().int().min(1_000).default(12 * 3_600_000),
    /** Local mode only: `<point>[:n]` kills the process at the n-th visit of a point. */
    FAULT_POINT: z.string().regex(new RegExp(`^(${FAULT_POINTS.join('|')})(:\\d+)?$`)).optional(),
  })
  .refine((config) => config.FAULT_POINT === undefined || config.POSTRIDER_MODE === 'local', {
    path: ['FAULT_POINT'],
    message: 'is allowed with POSTRIDER_MODE=local only',
  });

export type Config = Readonly<z.infer<typeof configSchema>>;
