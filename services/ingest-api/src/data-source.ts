import type { ClassList } from '@postrider/database';
import { ExecutionEntity } from './executions/execution.entity.js';
import { CreateExecutions1767225600000 } from './migrations/1767225600000-create-executions.js';

export const schema = 'ingest';
export const entities: ClassList = [ExecutionEntity];
export const migrations: ClassList = [CreateExecutions1767225600000];
