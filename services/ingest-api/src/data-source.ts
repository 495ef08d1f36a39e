import type { ClassList } from '@postrider/database';
import { ExecutionEntity } from './executions/execution.entity.js';
import { AskTheLedger1767225700000 } from './migrations/1767225700000-ask-the-ledger.js';
import { CreateExecutions1767225600000 } from './migrations/1767225600000-create-executions.js';

export const schema = 'ingest';
export const entities: ClassList = [ExecutionEntity];
export const migrations: ClassList = [CreateExecutions1767225600000, AskTheLedger1767225700000];
