import { authEnv } from '@postrider/auth';
import { postgresEnv } from '@postrider/database';
import { kafkaEnv } from '@postrider/kafka';
import { internalEnv, runtimeEnv } from '@postrider/runtime';
import { secretsEnv } from '@postrider/secrets';
import { z } from 'zod';
import type { FirstTenant } from './bootstrap/bootstrap.service.js';

const baseUrl = z.string().regex(/^https?:\/\/[^/]+$/, 'must be http(s)://host[:port] without a path');
const flag = z.enum(['true', 'false']).default('false').transform((text) => text === 'true');

export const configSchema = z
  .object({
    ...runtimeEnv,
    ...kafkaEnv,
    ...postgresEnv,
    ...internalEnv,
    ...secretsEnv,
    ...authEnv,
    /** Internal APIs that calls are forwarded to. */
    PROFILE_CREATOR_URL: baseUrl,
    AUDIENCE_RESOLVER_URL: baseUrl,
    WEBHOOK_NOTIFIER_URL: baseUrl,
    /** Where callers reach the execution API; shown in ready commands. */
    INGEST_PUBLIC_URL: z.string().default('$POSTRIDER_INGEST_URL'),
    /** Feedback webhooks over plain HTTP. Only with POSTRIDER_MODE=local. */
    WEBHOOK_ALLOW_HTTP: flag,
    BOOTSTRAP_ORG_ID: z.string().min(1).max(200).optional(),
    BOOTSTRAP_SANDBOX: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/).optional(),
    BOOTSTRAP_DEFAULT_REGION: z.string().regex(/^[A-Z]{2}$/).default('US'),
    BOOTSTRAP_API_KEY: z.string().min(8).max(128).regex(/^[\x21-\x7e]+$/).optional(),
    BOOTSTRAP_TOKEN: z.string().min(24).max(256).regex(/^[A-Za-z0-9_-]+$/, 'must be letters, digits, "_" and "-": dots are for JWTs').optional(),
  })
  .superRefine((config, context) => {
    const first = ['BOOTSTRAP_ORG_ID', 'BOOTSTRAP_SANDBOX', 'BOOTSTRAP_API_KEY', 'BOOTSTRAP_TOKEN'] as const;
    const missing = first.filter((name) => config[name] === undefined);
    if (missing.length < first.length) for (const name of missing) context.addIssue({ code: 'custom', path: [name], message: 'is needed where another BOOTSTRAP setting is given' });
    if (config.WEBHOOK_ALLOW_HTTP && config.POSTRIDER_MODE !== 'local') {
      context.addIssue({ code: 'custom', path: ['WEBHOOK_ALLOW_HTTP'], message: 'is permitted with POSTRIDER_MODE=local alone' });
    }
  });

export type Config = Readonly<z.infer<typeof configSchema>>;

/** What the settings say to begin with; undefined unless all four are set. */
export function firstTenantOf(config: Config): FirstTenant | undefined {
  const { BOOTSTRAP_ORG_ID: orgId, BOOTSTRAP_SANDBOX: sandbox, BOOTSTRAP_API_KEY: apiKey, BOOTSTRAP_TOKEN: token } = config;
  if (!orgId || !sandbox || !apiKey || !token) return undefined;
  return { orgId, sandbox, apiKey, token, defaultRegion: config.BOOTSTRAP_DEFAULT_REGION };
}
