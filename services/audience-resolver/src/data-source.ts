import type { ClassList } from '@postrider/database';
import { EvaluationScheduleEntity } from './evaluation/evaluation-schedule.entity.js';
import { EvaluationEntity } from './evaluation/evaluation.entity.js';
import { MemberEntity } from './members/member.entity.js';
import { CreateEvaluations1767398400000 } from './migrations/1767398400000-create-evaluations.js';
import { CreateRuns1767398500000 } from './migrations/1767398500000-create-runs.js';
import { CreateUploads1767398600000 } from './migrations/1767398600000-create-uploads.js';
import { EvaluateARevision1767398700000 } from './migrations/1767398700000-evaluate-a-revision.js';
import { RunShardEntity } from './runs/run-shard.entity.js';
import { RunEntity } from './runs/run.entity.js';
import { UploadErrorEntity } from './uploads/upload-error.entity.js';
import { UploadEntity } from './uploads/upload.entity.js';

export const schema = 'audiences';
export const entities: ClassList = [EvaluationEntity, EvaluationScheduleEntity, MemberEntity, RunEntity, RunShardEntity, UploadEntity, UploadErrorEntity];
export const migrations: ClassList = [CreateEvaluations1767398400000, CreateRuns1767398500000, CreateUploads1767398600000, EvaluateARevision1767398700000];
