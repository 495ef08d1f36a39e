import { postgresEnv } from '@postrider/database';
import { kafkaEnv } from '@postrider/kafka';
import { internalEnv, runtimeEnv } from '@postrider/runtime';
import { z } from 'zod';
import { evaluationEnv } from './evaluation/evaluation.config.js';
import { runsEnv } from './runs/runs.config.js';
import { uploadsEnv } from './uploads/uploads.config.js';

export const configSchema = z.object({ ...runtimeEnv, ...kafkaEnv, ...postgresEnv, ...internalEnv, ...evaluationEnv, ...runsEnv, ...uploadsEnv });

export type Config = Readonly<z.infer<typeof configSchema>>;
