import { EndpointConditionEntity } from './endpoints/endpoint-condition.entity.js';
import { CreateQueue1767225600000 } from './migrations/1767225600000-create-queue.js';
import { FindClaims1767398800000 } from './migrations/1767398800000-find-claims.js';
import { AttemptEntity } from './queue/attempt.entity.js';
import { DeliveryEntity } from './queue/delivery.entity.js';
import { WorkerEntity } from './queue/worker.entity.js';

export const schema = 'webhooks';
export const entities = [DeliveryEntity, AttemptEntity, WorkerEntity, EndpointConditionEntity];
export const migrations = [CreateQueue1767225600000, FindClaims1767398800000];
