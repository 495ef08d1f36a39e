import { Inject, Injectable } from '@nestjs/common';
import type { AudienceDefinition, Composition, EstimateInput } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { audiencesOf } from '../composition/read-composition.js';
import { InvalidAudience } from '../rules/rules.errors.js';
import { AudienceDefinitions } from './audience-definitions.js';
import { UploadsAreNotEvaluated } from './evaluation.errors.js';
import { readLatest } from './evaluations.js';
import { queryOfComposition, queryOfRules, type MemberQuery, type QuerySources } from './member-query.js';

/** From what is asked about to the query of its members. */
@Injectable()
export class AudienceQueries {
  constructor(
    private readonly sql: Sql,
    private readonly definitions: AudienceDefinitions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  definitionOf(tenantId: string, audienceId: string): AudienceDefinition | undefined {
    return this.definitions.find(tenantId, audienceId);
  }

  /** @throws AudienceNotFound, EditIsOnItsWay */
  getDefinition(tenantId: string, audienceId: string, revision: number): Promise<AudienceDefinition> {
    return this.definitions.get(tenantId, audienceId, revision);
  }

  /** @throws InvalidAudience */
  async queryOf(tenantId: string, { rules, composition }: Pick<EstimateInput, 'rules' | 'composition'>): Promise<MemberQuery> {
    if (rules) return queryOfRules(rules, this.sources(tenantId, new Map()));
    if (composition) return queryOfComposition(composition, this.sources(tenantId, await this.latestOf(tenantId, composition)));
    throw new InvalidAudience('There are neither rules nor a composition.');
  }

  /** @throws InvalidAudience */
  async queryOfAudience({ tenantId, source, rules, composition }: AudienceDefinition): Promise<MemberQuery> {
    if (source === 'upload') throw new UploadsAreNotEvaluated();
    return this.queryOf(tenantId, { rules: rules ?? undefined, composition: composition ?? undefined });
  }

  /** The segments among the parts of a composition that were never evaluated. */
  async unevaluatedParts({ tenantId, composition }: AudienceDefinition): Promise<string[]> {
    if (!composition) return [];
    const latest = await this.latestOf(tenantId, composition);
    return audiencesOf(composition).filter((id) => !latest.has(id) && this.definitions.find(tenantId, id)?.source === 'segment');
  }

  private async latestOf(tenantId: string, composition: Composition): Promise<Map<string, string>> {
    const latest = await readLatest(this.sql, tenantId, audiencesOf(composition));
    return new Map(latest.map(({ audienceId, evaluationId }) => [audienceId, evaluationId]));
  }

  private sources(tenantId: string, latest: ReadonlyMap<string, string>): QuerySources {
    return {
      tenantId,
      now: this.clock.now(),
      definitionOf: (audienceId) => this.definitions.find(tenantId, audienceId),
      latestOf: (audienceId) => latest.get(audienceId),
    };
  }
}
