import { Module, type DynamicModule } from '@nestjs/common';
import { ExecutionAcceptedHandler } from './execution-accepted.handler.js';
import { ExpansionMetrics } from './expansion-metrics.js';

@Module({})
export class ExpansionModule {
  /** @param runs the module that takes executions with an audience */
  static with(runs: DynamicModule): DynamicModule {
    return { module: ExpansionModule, imports: [runs], controllers: [ExecutionAcceptedHandler], providers: [ExpansionMetrics] };
  }
}
