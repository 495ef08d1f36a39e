import { COMPOSITION_LIMITS, type AudienceSource, type Composition, type Fault } from '@postrider/contracts';
import { pointerOf } from '../edge/faults.js';

type Path = readonly PropertyKey[];

/** A place where a composition names an audience. */
export interface Leaf {
  audienceId: string;
  path: Path;
  /** Its membership attributes are asked for, which only uploads have. */
  asColumns: boolean;
}

interface Step {
  node: Composition;
  path: Path;
  depth: number;
}

/** Everything that is wrong with a well-formed composition but the audiences that it names. */
export function compositionFaults(root: Composition, path: Path): Fault[] {
  const steps = [...stepsOf({ node: root, path, depth: 1 })];
  const deepest = steps.find(({ depth }) => depth > COMPOSITION_LIMITS.depth);
  return [
    ...(steps.length > COMPOSITION_LIMITS.steps ? [fault(path, 'TOO_MANY_STEPS', `has ${steps.length} steps: at most ${COMPOSITION_LIMITS.steps}`)] : []),
    ...(deepest ? [fault(deepest.path, 'TOO_DEEP', `is nested over ${COMPOSITION_LIMITS.depth} levels`)] : []),
    ...steps.flatMap(stepFaults),
  ];
}

/** Where it names audiences. */
export function leavesOf(root: Composition, path: Path): Leaf[] {
  return [...stepsOf({ node: root, path, depth: 1 })].flatMap(({ node, path: at }): Leaf[] => {
    if (node.op === 'audience') return [{ audienceId: node.audienceId, path: [...at, 'audienceId'], asColumns: false }];
    return node.op === 'enrich' && node.with ? [{ audienceId: node.with.audienceId, path: [...at, 'with', 'audienceId'], asColumns: true }] : [];
  });
}

/** @param sources of the sandbox's audiences that the leaves name, by id; others do not exist */
export function leafFaults(leaves: readonly Leaf[], sources: ReadonlyMap<string, AudienceSource>): Fault[] {
  return leaves.flatMap(({ audienceId, path, asColumns }) => {
    const source = sources.get(audienceId);
    if (!source) return [fault(path, 'UNKNOWN', 'There is no such audience.')];
    if (source === 'composition') return [fault(path, 'COMPOSITION', 'A composition is made of segments and uploads, not of compositions.')];
    return asColumns && source !== 'upload' ? [fault(path, 'NOT_AN_UPLOAD', 'Only uploads have columns to enrich with.')] : [];
  });
}

const fault = (path: Path, code: string, message: string): Fault => ({ path: pointerOf(path), code, message });

function* stepsOf(step: Step): Generator<Step> {
  yield step;
  for (const [below, node] of partsOf(step.node)) yield* stepsOf({ node, path: [...step.path, ...below], depth: step.depth + 1 });
}

function partsOf(node: Composition): [Path, Composition][] {
  switch (node.op) {
    case 'audience':
      return [];
    case 'union':
    case 'intersect':
      return node.of.map((part, at) => [['of', at], part]);
    case 'exclude':
      return [[['from'], node.from], ...node.remove.map((part, at): [Path, Composition] => [['remove', at], part])];
    case 'split':
    case 'rank':
    case 'enrich':
      return [[['of'], node.of]];
  }
}

function stepFaults({ node, path }: Step): Fault[] {
  if (node.op === 'split' && node.from >= node.to) return [fault([...path, 'to'], 'EMPTY_SHARE', 'must be greater than from')];
  const addsNothing = node.op === 'enrich' && !node.with && Object.keys(node.set).length === 0;
  return addsNothing ? [fault(path, 'NOTHING_TO_ADD', 'needs with, set, or both')] : [];
}
