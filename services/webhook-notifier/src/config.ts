import { postgresEnv } from '@postrider/database';
import { kafkaEnv } from '@postrider/kafka';
import { internalEnv, runtimeEnv } from '@postrider/runtime';
import { secretsEnv } from '@postrider/secrets';
import { z } from 'zod';

const flag = z.enum(['true', 'false']).default('false').transform((text) => text === 'true');

export const configSchema = z
  .object({
    ...runtimeEnv,
    ...kafkaEnv,
    ...postgresEnv,
    ...internalEnv,
    ...secretsEnv,
    /** Calls addresses that are not public. Only with POSTRIDER_MODE=local. */
    WEBHOOK_ALLOW_PRIVATE_ADDRESSES: flag,
    /** Calls http:// URLs. Only with POSTRIDER_MODE=local. */
    WEBHOOK_ALLOW_HTTP: flag,
    /** Calls of one endpoint at once, while it answers well. */
    WEBHOOK_ENDPOINT_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(20),
    /** How soon another process takes over what a dead one had in its hands. */
    WEBHOOK_WORKER_LEASE_MS: z.coerce.number().int().min(500).max(300_000).default(8_000),
    /** How long finished deliveries and attempts are kept, and unfinished ones tried at all. */
    WEBHOOK_RETENTION_DAYS: z.coerce.number().int().min(4).default(30),
  })
  .superRefine((config, context) => {
    if (config.POSTRIDER_MODE === 'local') return;
    for (const name of ['WEBHOOK_ALLOW_PRIVATE_ADDRESSES', 'WEBHOOK_ALLOW_HTTP'] as const) {
      if (config[name]) context.addIssue({ code: 'custom', path: [name], message: 'is permitted with POSTRIDER_MODE=local alone' });
    }
  });

export type Config = Readonly<z.infer<typeof configSchema>>;
