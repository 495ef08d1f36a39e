import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RUNTIME_CONFIG, RuntimeModule, createService, listen, type RuntimeConfig } from '@postrider/runtime';
import { ConfigurationTableModule, KafkaModule, type KafkaOptions } from '../src/index.js';

export const runtimeConfig: RuntimeConfig = { HTTP_PORT: 0, HTTP_HOST: '127.0.0.1', LOG_LEVEL: 'silent', SHUTDOWN_DEADLINE_MS: 5_000, POSTRIDER_MODE: 'local' };

@Module({})
export class SpecModule {
  static with(kafka: KafkaOptions, controllers: Type[], hasTable = false): DynamicModule {
    return {
      module: SpecModule,
      imports: [
        RuntimeModule.register({ service: 'spec', config: runtimeConfig }),
        KafkaModule.register({ sessionTimeoutMs: 6_000, ...kafka }),
        ...(hasTable ? [ConfigurationTableModule.register()] : []),
      ],
      controllers,
    };
  }
}

/** A process's application inside of the spec: listening and consuming. */
export async function startSpecService(module: DynamicModule): Promise<NestFastifyApplication> {
  const app = await createService(module);
  try {
    await listen(app, app.get<RuntimeConfig>(RUNTIME_CONFIG, { strict: false }));
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** The applications of a spec file, to be closed together. */
export class SpecServices {
  private readonly apps: NestFastifyApplication[] = [];

  constructor(private readonly where: Pick<KafkaOptions, 'brokers' | 'topicPrefix'>) {}

  /** Consumes as the group, with the controllers. */
  async start(group: string, controllers: Type[], options: Partial<KafkaOptions> = {}): Promise<NestFastifyApplication> {
    const app = await startSpecService(SpecModule.with({ ...this.where, clientId: group, consumerGroup: group, ...options }, controllers));
    this.apps.push(app);
    return app;
  }

  /** Only publishes. */
  async publisher(options: Partial<KafkaOptions> = {}): Promise<NestFastifyApplication> {
    const app = await startSpecService(SpecModule.with({ ...this.where, clientId: 'publisher', ...options }, []));
    this.apps.push(app);
    return app;
  }

  async close(): Promise<void> {
    await Promise.all(this.apps.splice(0).map((app) => app.close()));
  }
}
