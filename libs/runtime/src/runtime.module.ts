import { Module, type DynamicModule } from '@nestjs/common';
import { CLOCK, SystemClock } from './clock.js';
import type { RuntimeConfig } from './config.js';
import { Health } from './health.js';
import { Logger } from './logger.js';
import { Metrics } from './metrics.js';
import { OperationsController } from './operations.controller.js';

/** The settings of this process, for {@link createService} and {@link startService}. */
export const RUNTIME_CONFIG = Symbol('RuntimeConfig');

export interface RuntimeOptions {
  /** The name in logs and metrics, e.g. `ingest-api`. */
  service: string;
  config: RuntimeConfig;
}

/** Logger, metrics, health and clock, for every module of the process. */
@Module({})
export class RuntimeModule {
  static register({ service, config }: RuntimeOptions): DynamicModule {
    return {
      module: RuntimeModule,
      global: true,
      controllers: [OperationsController],
      providers: [
        { provide: RUNTIME_CONFIG, useValue: config },
        { provide: Logger, useFactory: () => Logger.create(service, config.LOG_LEVEL) },
        { provide: Metrics, useFactory: () => new Metrics(service) },
        { provide: CLOCK, useClass: SystemClock },
        Health,
      ],
      exports: [RUNTIME_CONFIG, Logger, Metrics, CLOCK, Health],
    };
  }
}
