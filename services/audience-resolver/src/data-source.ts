import type { ClassList } from '@postrider/database';
import { EvaluationScheduleEntity } from './evaluation/evaluation-schedule.entity.js';
import { EvaluationEntity } from './evaluation/evaluation.entity.js';
import { MemberEntity } from './members/member.entity.js';
import { CreateEvaluations1767398400000 } from './migrations/1767398400000-create-evaluations.js';
import { CreateRuns1767398500000 } from './migrations/1767398500000-create-runs.js';
import { RunShardEntity } from './runs/run-shard.entity.js';
import { RunEntity } from './runs/run.entity.js';

export const schema = 'audiences';
export const entities: ClassList = [EvaluationEntity, EvaluationScheduleEntity, MemberEntity, RunEntity, RunShardEntity];
export const migrations: ClassList = [CreateEvaluations1767398400000, CreateRuns1767398500000];
