/**
 * Guarantee: what is stored can be evaluated, its parts exist and cannot be deleted meanwhile, and a sandbox never has
 * more published compositions than the limit, however many publish at once: they take turns by their sandbox's row.
 */
import type { EntityManager } from 'typeorm';
import { COMPOSITION_LIMITS, type Composition, type Fault, type RuleGroup } from '@postrider/contracts';
import { InvalidBody } from '../edge/edge.errors.js';
import { publishedCompositions, sourcesOf } from './audience-statements.js';
import type { AudienceRow } from './audience.entity.js';
import { TooManyCompositions } from './audiences.errors.js';
import { compositionFaults, leafFaults, leavesOf } from './composition-faults.js';
import { definitionFaults } from './definition-faults.js';
import { ruleFaults } from './rule-faults.js';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * The row with its parts, held against their deletion until the transaction ends.
 * @param before what is stored now
 * @throws InvalidBody with every fault, TooManyCompositions
 */
export async function checkedForStorage(manager: EntityManager, row: AudienceRow, before: AudienceRow | undefined): Promise<AudienceRow> {
  const isPublishing = row.source === 'composition' && row.published && !before?.published;
  const published = isPublishing ? await publishedCompositions(manager, row.tenantId, row.id) : 0;
  const faults = [...definitionFaults(row), ...(await partFaults(manager, row.tenantId, row.composition, true))];
  if (faults.length > 0) throw new InvalidBody(faults);
  if (published >= COMPOSITION_LIMITS.published) throw new TooManyCompositions();
  return { ...row, parts: partsOf(row.composition) };
}

/**
 * What is wrong with rules or a composition that nobody wants to store yet.
 * @throws InvalidBody
 */
export async function requireEvaluable(manager: EntityManager, tenantId: string, { rules, composition }: { rules?: RuleGroup; composition?: Composition }): Promise<void> {
  const faults = [
    ...(rules ? ruleFaults(rules, ['rules']) : []),
    ...(composition ? compositionFaults(composition, ['composition']) : []),
    ...(await partFaults(manager, tenantId, composition ?? null, false)),
  ];
  if (faults.length > 0) throw new InvalidBody(faults);
}

async function partFaults(manager: EntityManager, tenantId: string, composition: Composition | null, held: boolean): Promise<Fault[]> {
  if (!composition) return [];
  const sources = await sourcesOf(manager, tenantId, partsOf(composition), held);
  return leafFaults(leavesOf(composition, ['composition']), sources);
}

function partsOf(composition: Composition | null): string[] {
  if (!composition) return [];
  const ids = leavesOf(composition, []).map(({ audienceId }) => audienceId);
  return [...new Set(ids)].filter((id) => UUID.test(id));
}
