import type { ClassList } from '@postrider/database';
import { EvaluationScheduleEntity } from './evaluation/evaluation-schedule.entity.js';
import { EvaluationEntity } from './evaluation/evaluation.entity.js';
import { MemberEntity } from './members/member.entity.js';
import { CreateEvaluations1767398400000 } from './migrations/1767398400000-create-evaluations.js';

export const schema = 'audiences';
export const entities: ClassList = [EvaluationEntity, EvaluationScheduleEntity, MemberEntity];
export const migrations: ClassList = [CreateEvaluations1767398400000];
