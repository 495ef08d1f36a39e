import { kafkaEnv } from '@postrider/kafka';
import { runtimeEnv } from '@postrider/runtime';
import { z } from 'zod';

export const configSchema = z.object({ ...runtimeEnv, ...kafkaEnv });

export type Config = Readonly<z.infer<typeof configSchema>>;
