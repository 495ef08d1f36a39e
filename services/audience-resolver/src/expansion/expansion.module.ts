import { Module } from '@nestjs/common';
import { ExecutionAcceptedHandler } from './execution-accepted.handler.js';
import { ExpansionMetrics } from './expansion-metrics.js';

@Module({ controllers: [ExecutionAcceptedHandler], providers: [ExpansionMetrics] })
export class ExpansionModule {}
