import type { AudienceDefinition, Composition, RuleGroup } from '@postrider/contracts';
import { compileComposition } from '../composition/compile-composition.js';
import { checkComposition } from '../composition/read-composition.js';
import { bucketOf } from '../members/bucket.js';
import { compileRules } from '../rules/compile-rules.js';
import { Parameters } from '../rules/parameters.js';
import { readRules } from '../rules/read-rules.js';
import { InvalidAudience } from '../rules/rules.errors.js';

/** A query that answers `bucket, profile_id, attributes`, each profile once. */
export interface MemberQuery {
  text: string;
  values: unknown[];
}

export interface QuerySources {
  tenantId: string;
  /** The moment that relative dates count from. */
  now: Date;
  definitionOf: (audienceId: string) => AudienceDefinition | undefined;
  /** The last completed evaluation of an audience. */
  latestOf: (audienceId: string) => string | undefined;
}

/** @throws InvalidAudience */
export function queryOfRules(rules: RuleGroup, sources: QuerySources): MemberQuery {
  return queryBy(sources, (building) => building.segment(rules));
}

/**
 * Over the last evaluations of its parts; a segment that has none is looked for by its rules.
 * @throws InvalidAudience
 */
export function queryOfComposition(composition: Composition, sources: QuerySources): MemberQuery {
  checkComposition(composition, (audienceId) => partFault(sources, audienceId));
  return queryBy(sources, (building) => compileComposition(composition, building));
}

/** Why an audience cannot be a part of a composition now. */
function partFault({ definitionOf, latestOf }: QuerySources, audienceId: string): string | undefined {
  const definition = definitionOf(audienceId);
  if (!definition) return 'There is no such audience.';
  if (definition.source === 'composition') return 'A composition cannot be a part of another one.';
  return definition.source === 'upload' && latestOf(audienceId) === undefined ? `Nothing was uploaded to the audience “${definition.name}” yet.` : undefined;
}

function queryBy(sources: QuerySources, build: (building: Building) => string): MemberQuery {
  const building = new Building(sources);
  return { text: build(building), values: building.parameters.values };
}

class Building {
  readonly parameters = new Parameters();
  private tenant: string | undefined;

  constructor(private readonly sources: QuerySources) {}

  segment(rules: RuleGroup): string {
    const { parameters, sources } = this;
    // Only where it is asked for: a value that no part of a statement uses has no type.
    const tenant = (this.tenant ??= parameters.add(sources.tenantId, 'text'));
    const condition = compileRules(readRules(rules, sources.now), { parameters, tenant });
    return `SELECT ${bucketOf('p.profile_id')} AS bucket, p.profile_id, NULL::jsonb AS attributes
      FROM profiles.audience_profile p WHERE p.tenant_id = ${tenant} AND ${condition}`;
  }

  readonly membersOf = (audienceId: string): string => {
    const evaluationId = this.sources.latestOf(audienceId);
    if (evaluationId !== undefined) return `SELECT bucket, profile_id, attributes FROM members WHERE evaluation_id = ${this.parameters.add(evaluationId, 'uuid')}`;
    const rules = this.sources.definitionOf(audienceId)?.rules;
    if (!rules) throw new InvalidAudience('A part of the composition has no members.');
    return this.segment(rules);
  };
}
