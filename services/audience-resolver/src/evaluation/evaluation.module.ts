import { Module, type DynamicModule } from '@nestjs/common';
import type { DatabaseOptions } from '@postrider/database';
import { AudienceDefinitions } from './audience-definitions.js';
import { AudienceQueries } from './audience-queries.js';
import { EvaluationDatabase } from './evaluation-database.js';
import { EvaluationReport } from './evaluation-report.js';
import { EvaluationScheduler } from './evaluation-scheduler.js';
import { EvaluationWorker } from './evaluation-worker.js';
import { EVALUATION_CONFIG, type EvaluationConfig } from './evaluation.config.js';
import { EvaluationController } from './evaluation.controller.js';
import { EvaluationService } from './evaluation.service.js';
import { Evaluator } from './evaluator.js';
import { OldMembers } from './old-members.js';

/** From rules and compositions to members. Needs the database, configuration and internal API modules. */
@Module({})
export class EvaluationModule {
  static with(config: EvaluationConfig, database: Omit<DatabaseOptions, 'poolSize' | 'statementTimeoutMs'>): DynamicModule {
    const longestMs = Math.max(config.AUDIENCE_STATEMENT_TIMEOUT_MS, config.AUDIENCE_ESTIMATE_TIMEOUT_MS);
    return {
      module: EvaluationModule,
      controllers: [EvaluationController],
      providers: [
        { provide: EVALUATION_CONFIG, useValue: config },
        { provide: EvaluationDatabase, useFactory: () => EvaluationDatabase.open(database, longestMs) },
        AudienceDefinitions, AudienceQueries, EvaluationReport, EvaluationScheduler, EvaluationService, EvaluationWorker, Evaluator, OldMembers,
      ],
      exports: [EvaluationService],
    };
  }
}
