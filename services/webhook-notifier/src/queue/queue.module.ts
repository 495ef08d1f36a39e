import { Module, type DynamicModule } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { CLOCK, Logger, type Clock } from '@postrider/runtime';
import { DeliveryStore } from './delivery-store.js';
import { Recorder } from './recorder.js';
import { RetentionService } from './retention.service.js';
import { WorkerLease } from './worker-lease.js';

export interface QueueOptions {
  leaseMs: number;
  retentionDays: number;
}

@Module({})
export class QueueModule {
  static with({ leaseMs, retentionDays }: QueueOptions): DynamicModule {
    return {
      module: QueueModule,
      providers: [
        DeliveryStore,
        Recorder,
        { provide: WorkerLease, inject: [Sql, Logger, CLOCK], useFactory: (sql: Sql, logger: Logger, clock: Clock) => new WorkerLease(sql, logger, clock, leaseMs) },
        { provide: RetentionService, inject: [Sql, Logger], useFactory: (sql: Sql, logger: Logger) => new RetentionService(sql, logger, retentionDays) },
      ],
      exports: [DeliveryStore, Recorder, WorkerLease, RetentionService],
    };
  }
}
