import { join } from 'node:path';
import { SCHEMAS, type ServiceName } from '../schemas.js';
import type { Addresses } from './infra.js';
import type { StackSecrets } from './secrets.js';
import { ServiceProcess } from './service-process.js';

export const LOCAL_ORG = 'local@postrider';
export const LOCAL_SANDBOX = 'prod';

export interface ServiceSettings {
  root: string;
  dir: string;
  addresses: Addresses;
  /** As superuser, the database of the house. */
  databaseUrl: string;
  secrets: StackSecrets;
  ports: Readonly<Record<ServiceName, number>>;
}

export const urlOf = (port: number): string => `http://127.0.0.1:${port}`;

/** Every setting that some service reads: a service takes what its schema names. */
function environmentOf(name: ServiceName, settings: ServiceSettings): NodeJS.ProcessEnv {
  const { addresses, secrets, ports } = settings;
  return {
    POSTRIDER_MODE: 'local',
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(ports[name]),
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
    KAFKA_BROKERS: addresses.kafkaBrokers.join(','),
    // A service that died is missed sooner: here it is started again at once.
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    POSTGRES_URL: roleUrl(settings.databaseUrl, `postrider_${SCHEMAS[name]}`, secrets.databasePassword),
    REDIS_URL: addresses.redisUrl,
    INTERNAL_TOKEN: secrets.internalToken,
    SEALING_KEYS: secrets.sealingKeys,
    PROFILE_CREATOR_URL: urlOf(ports['profile-creator']),
    DISPATCHER_URL: urlOf(ports.dispatcher),
    AUDIENCE_RESOLVER_URL: urlOf(ports['audience-resolver']),
    WEBHOOK_NOTIFIER_URL: urlOf(ports['webhook-notifier']),
    INGEST_PUBLIC_URL: urlOf(ports['ingest-api']),
    WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'true',
    WEBHOOK_ALLOW_HTTP: 'true',
    BOOTSTRAP_ORG_ID: LOCAL_ORG,
    BOOTSTRAP_SANDBOX: LOCAL_SANDBOX,
    BOOTSTRAP_API_KEY: secrets.apiKey,
    BOOTSTRAP_TOKEN: secrets.token,
  };
}

function roleUrl(databaseUrl: string, role: string, password: string): string {
  const url = new URL(databaseUrl);
  url.username = role;
  url.password = password;
  return url.href;
}

export function serviceProcess(name: ServiceName, settings: ServiceSettings): ServiceProcess {
  return new ServiceProcess({
    name,
    script: join(settings.root, 'services', name, 'dist/main.js'),
    env: environmentOf(name, settings),
    dir: settings.dir,
    readyUrl: `${urlOf(settings.ports[name])}/health/ready`,
  });
}
