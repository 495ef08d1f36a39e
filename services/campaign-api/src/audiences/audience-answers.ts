import type { Audience, AudienceDefinition, Evaluation } from '@postrider/contracts';
import type { AudienceRow } from './audience.entity.js';

export function audienceOf(row: AudienceRow, evaluation: Evaluation | null): Audience {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    source: row.source,
    rules: row.rules,
    composition: row.composition,
    evaluationSchedule: row.evaluationSchedule,
    published: row.published,
    evaluation,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** What the other services need to know of an audience. */
export function configurationOfAudience(row: AudienceRow): AudienceDefinition {
  const { id, tenantId, name, source, rules, composition, evaluationSchedule, published, revision } = row;
  return { kind: 'audience', id, tenantId, name, source, rules, composition, evaluationSchedule, published, revision };
}
