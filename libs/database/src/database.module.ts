import { Inject, Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { Health, Metrics } from '@postrider/runtime';
import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';
import type { DatabaseOptions } from './data-source-options.js';
import { openDataSource } from './open-data-source.js';
import { observePool, observeStatements } from './pool-metrics.js';
import { Sql } from './sql.js';

type EntityClass = (new () => ObjectLiteral) & EntityTarget<ObjectLiteral>;

const tokens = new Map<EntityClass, symbol>();

function repositoryToken(entity: EntityClass): symbol {
  const token = tokens.get(entity) ?? Symbol(`Repository<${entity.name}>`);
  tokens.set(entity, token);
  return token;
}

/** Injects the `Repository<Entity>` that {@link DatabaseModule.repositories} provides. */
export const InjectRepository = (entity: EntityClass): ParameterDecorator => Inject(repositoryToken(entity));

/**
 * The service's one database: a connected `DataSource` and `Sql` over its pool, known to every module of the process.
 * Registers the readiness check `postgres` and the pool's metrics; closes the pool last, when the process stops.
 */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly dataSource: DataSource) {}

  static register(options: DatabaseOptions): DynamicModule {
    const dataSource: Provider = {
      provide: DataSource,
      inject: [Health, Metrics],
      useFactory: async (health: Health, metrics: Metrics) => {
        const opened = await openDataSource({ ...options, isByIndex: true });
        health.register('postgres', async () => void (await Sql.of(opened).query('SELECT 1')));
        observePool(opened, metrics);
        return opened;
      },
    };
    const sql: Provider = {
      provide: Sql,
      inject: [DataSource, Metrics],
      useFactory: (opened: DataSource, metrics: Metrics) => Sql.of(opened, observeStatements(metrics)),
    };
    return { module: DatabaseModule, global: true, providers: [dataSource, sql], exports: [DataSource, Sql] };
  }

  /** Makes `@InjectRepository(Entity)` work in the module that imports this. */
  static repositories(...entities: EntityClass[]): DynamicModule {
    const providers = entities.map((entity) => ({
      provide: repositoryToken(entity),
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => dataSource.getRepository(entity),
    }));
    return { module: RepositoriesModule, providers, exports: providers };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

@Module({})
class RepositoriesModule {}
