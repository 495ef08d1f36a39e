import type { ClassList } from '@postrider/database';
import { AudienceExecutionEntity } from './audiences/audience-execution.entity.js';
import { ExecutionEntity } from './executions/execution.entity.js';
import { AskTheLedger1767225700000 } from './migrations/1767225700000-ask-the-ledger.js';
import { CreateExecutions1767225600000 } from './migrations/1767225600000-create-executions.js';
import { AudiencesAndSchedules1767312100000 } from './migrations/1767312100000-audiences-and-schedules.js';
import { ScheduleEntity } from './schedules/schedule.entity.js';

export const schema = 'ingest';
export const entities: ClassList = [ExecutionEntity, AudienceExecutionEntity, ScheduleEntity];
export const migrations: ClassList = [CreateExecutions1767225600000, AskTheLedger1767225700000, AudiencesAndSchedules1767312100000];
