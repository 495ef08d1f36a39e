import { postgresEnv } from '@postrider/database';
import { kafkaEnv } from '@postrider/kafka';
import { internalEnv, runtimeEnv } from '@postrider/runtime';
import { z } from 'zod';

export const configSchema = z.object({ ...runtimeEnv, ...kafkaEnv, ...postgresEnv, ...internalEnv });

export type Config = Readonly<z.infer<typeof configSchema>>;
