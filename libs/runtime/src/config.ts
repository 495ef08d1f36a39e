import { z } from 'zod';

/** Every process has these. Units are in the names. */
export const runtimeEnv = {
  HTTP_PORT: z.coerce.number().int().min(0).max(65_535),
  HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** How long a process may finish its work after SIGTERM before it is ended. */
  SHUTDOWN_DEADLINE_MS: z.coerce.number().int().positive().default(10_000),
  /** `local` permits settings that are unsafe elsewhere: plain HTTP, private addresses, fault points. */
  POSTRIDER_MODE: z.enum(['production', 'local']).default('production'),
};

export type RuntimeConfig = z.infer<z.ZodObject<typeof runtimeEnv>>;

/** For services with an internal API: the secret that its callers show. */
export const internalEnv = { INTERNAL_TOKEN: z.string().min(16) };

const SECRET = /(TOKEN|SECRET|PASSWORD|KEYS?|_URL)$/;

/** A set of settings that a process cannot start with; lists every fault. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The environment is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = ConfigError.name;
  }
}

/**
 * Reads and freezes a service's settings. An empty variable counts as unset.
 * @throws ConfigError naming every fault at once
 */
export function parseConfig<Schema extends z.ZodObject>(schema: Schema, env: NodeJS.ProcessEnv): Readonly<z.infer<Schema>> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(present);
  if (parsed.success) return Object.freeze(parsed.data);
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}

/** {@link parseConfig} for a process's start: prints the faults and exits with 1. */
export function loadConfig<Schema extends z.ZodObject>(schema: Schema, env: NodeJS.ProcessEnv): Readonly<z.infer<Schema>> {
  try {
    return parseConfig(schema, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** The settings as they may be logged: secrets and URLs (they hold passwords) only as set or unset. */
export function describeConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => {
      if (!SECRET.test(name)) return [name, value];
      return [name, value === undefined || value === null ? 'unset' : 'set'];
    }),
  );
}

/** The names of `.env.example`, for the spec that keeps it equal to the schema. */
export function namesInEnvFile(text: string): string[] {
  return text
    .split('\n')
    .map((line) => /^#?\s?([A-Z][A-Z0-9_]*)=/.exec(line)?.[1])
    .filter((name): name is string => name !== undefined)
    .sort();
}
