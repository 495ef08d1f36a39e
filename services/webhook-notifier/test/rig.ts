import { isDeepStrictEqual } from 'node:util';
import type { INestApplication } from '@nestjs/common';
import { ConfigurationChanged, StatusChanged, configurationKeyOf, type CampaignVersion, type Configuration, type WebhookEndpoint } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { ConfigurationTable } from '@postrider/kafka';
import { createService, listen, parseConfig } from '@postrider/runtime';
import { TopicWriter, WebhookReceiver, eventually, freshDatabase, freshTopics, type FreshDatabase, type FreshTopics, type WebhookReceiverOptions } from '@postrider/testing';
import { AppModule } from '../src/app.module.js';
import { configSchema } from '../src/config.js';
import type { DeliveryState } from '../src/queue/delivery.entity.js';
import { aSecret, aTenant, aVersion, anEndpoint, SEALING_KEYS, type EndpointFields } from './builders.js';

export const INTERNAL_TOKEN = 'internal-token-of-the-specs';

export interface DeliveryRow {
  id: string;
  sequence: number;
  state: DeliveryState;
  attempts: number;
  calls: number;
  /** Seconds until the next try. */
  due: number;
}

/** A tenant with a campaign, an endpoint, and the receiver behind it. */
export interface Shop {
  tenantId: string;
  version: CampaignVersion;
  endpoint: WebhookEndpoint;
  receiver: WebhookReceiver;
}

/** Topics, a database and notifiers of a spec file's own. */
export class Rig {
  private readonly apps: INestApplication[] = [];
  private readonly receivers: WebhookReceiver[] = [];

  private constructor(
    private readonly topics: FreshTopics,
    private readonly database: FreshDatabase,
    readonly writer: TopicWriter,
  ) {}

  static async start(): Promise<Rig> {
    const [topics, database] = await Promise.all([freshTopics(), freshDatabase()]);
    return new Rig(topics, database, await TopicWriter.start(topics.brokers, topics.prefix));
  }

  env(extra: Record<string, string> = {}): Record<string, string> {
    return {
      HTTP_PORT: '0', LOG_LEVEL: 'silent', POSTRIDER_MODE: 'local',
      KAFKA_BROKERS: this.topics.brokers.join(), KAFKA_TOPIC_PREFIX: this.topics.prefix, KAFKA_SESSION_TIMEOUT_MS: '6000',
      POSTGRES_URL: this.database.urlFor('webhooks'), INTERNAL_TOKEN, SEALING_KEYS,
      WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'true', WEBHOOK_ALLOW_HTTP: 'true', WEBHOOK_WORKER_LEASE_MS: '2000',
      ...extra,
    };
  }

  async notifier(extra: Record<string, string> = {}): Promise<INestApplication> {
    const config = parseConfig(configSchema, this.env(extra));
    const app = await createService(AppModule.with(config));
    await listen(app, config);
    this.apps.push(app);
    return app;
  }

  async receiver(options: WebhookReceiverOptions = {}): Promise<WebhookReceiver> {
    const receiver = await WebhookReceiver.start(options);
    this.receivers.push(receiver);
    return receiver;
  }

  async shop(options: WebhookReceiverOptions & { tenantId?: string; endpoint?: Partial<EndpointFields> } = {}): Promise<Shop> {
    const { tenantId = aTenant(), endpoint: fields, ...receiverOptions } = options;
    const secret = aSecret();
    const receiver = await this.receiver({ secret, ...receiverOptions });
    const endpoint = anEndpoint({ tenantId, url: receiver.url, secrets: [secret], ...fields });
    const version = aVersion(tenantId);
    await this.configure(version, endpoint);
    return { tenantId, version, endpoint, receiver };
  }

  /** Resolves when every notifier knows of it. */
  async configure(...configurations: Configuration[]): Promise<void> {
    await this.writer.write(ConfigurationChanged, configurations);
    for (const app of this.apps) {
      const table = app.get(ConfigurationTable, { strict: false });
      for (const one of configurations) await eventually(() => expectEqual(table.get(one.kind, one.id), one), { intervalMs: 5 });
    }
  }

  async remove({ kind, id }: Configuration): Promise<void> {
    await this.writer.writeRaw(ConfigurationChanged.topic, configurationKeyOf(kind, id), undefined);
  }

  say(...statuses: StatusChanged[]): Promise<void> {
    return this.writer.write(StatusChanged, statuses);
  }

  sql(): Sql {
    const [app] = this.apps;
    if (!app) throw new Error('No notifier runs.');
    return app.get(Sql, { strict: false });
  }

  rows({ endpoint }: Pick<Shop, 'endpoint'>): Promise<DeliveryRow[]> {
    return this.sql().query<DeliveryRow>(
      'SELECT id, sequence, state, attempts, calls, extract(epoch FROM due_at - now())::float8 AS due FROM deliveries WHERE endpoint_id = $1 ORDER BY sequence',
      [endpoint.id],
    );
  }

  /** In place of waiting for the time of a retry. */
  async makeDue({ endpoint }: Pick<Shop, 'endpoint'>): Promise<void> {
    await this.sql().query(`UPDATE deliveries SET due_at = now() WHERE endpoint_id = $1 AND state = 'pending'`, [endpoint.id]);
  }

  async stopApps(): Promise<void> {
    await Promise.all(this.apps.splice(0).map((app) => app.close()));
  }

  async stop(): Promise<void> {
    await this.stopApps();
    await Promise.all(this.receivers.map((receiver) => receiver.stop()));
    await this.writer.stop();
    await Promise.all([this.topics.drop(), this.database.drop()]);
  }
}

function expectEqual(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) throw new Error('The notifier does not know it yet.');
}
