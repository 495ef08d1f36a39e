import { COMPOSITION_LIMITS, type Composition } from '@postrider/contracts';
import type { InputFault } from '@postrider/runtime';
import { InvalidAudience } from '../rules/rules.errors.js';

/** A part of a composition and where it stands in it (JSON Pointer). */
export interface Step {
  step: Composition;
  path: string;
  depth: number;
}

/** Every part, each before those that it is made of. */
export function stepsOf(step: Composition, path = '/composition', depth = 1): Step[] {
  return [{ step, path, depth }, ...partsOf(step).flatMap(([name, part]) => stepsOf(part, `${path}/${name}`, depth + 1))];
}

function partsOf(step: Composition): [string, Composition][] {
  switch (step.op) {
    case 'audience':
      return [];
    case 'union':
    case 'intersect':
      return step.of.map((part, index) => [`of/${index}`, part]);
    case 'exclude':
      return [['from', step.from], ...step.remove.map((part, index): [string, Composition] => [`remove/${index}`, part])];
    default:
      return [['of', step.of]];
  }
}

/** The audiences that it names, each once. */
export const audiencesOf = (composition: Composition): string[] => [...new Set(stepsOf(composition).flatMap(({ step }) => namedBy(step)))];

function namedBy(step: Composition): string[] {
  if (step.op === 'audience') return [step.audienceId];
  return step.op === 'enrich' && step.with ? [step.with.audienceId] : [];
}

/**
 * @param faultOf why an audience cannot be a part, as a sentence; undefined for one that can
 * @throws InvalidAudience with every fault: too many steps, too deep, a share that ends before it begins, such an audience
 */
export function checkComposition(composition: Composition, faultOf: (audienceId: string) => string | undefined): void {
  const steps = stepsOf(composition);
  const faults = steps.flatMap((one) => faultsOf(one, faultOf));
  if (steps.length > COMPOSITION_LIMITS.steps) faults.push(fault('/composition', `There are ${steps.length} steps; ${COMPOSITION_LIMITS.steps} are allowed.`));
  if (faults.length > 0) throw new InvalidAudience('The composition cannot be evaluated; `errors` lists each fault.', faults);
}

function faultsOf({ step, path, depth }: Step, faultOf: (audienceId: string) => string | undefined): InputFault[] {
  const faults = namedBy(step).flatMap((audienceId) => {
    const message = faultOf(audienceId);
    return message === undefined ? [] : [fault(path, message)];
  });
  if (depth > COMPOSITION_LIMITS.depth) faults.push(fault(path, `Steps are nested deeper than ${COMPOSITION_LIMITS.depth} levels.`));
  if (step.op === 'split' && step.from > step.to) faults.push(fault(path, 'The share ends before it begins.'));
  return [...faults, ...[...textsOf(step)].filter((text) => !text.isWellFormed() || text.includes('\0')).map(() => fault(path, 'It contains text that is not valid Unicode, or a NUL character.'))];
}

function textsOf(step: Composition): string[] {
  if (step.op === 'split') return [step.seed];
  if (step.op === 'rank') return [step.by];
  if (step.op !== 'enrich') return [];
  return [...(step.with?.attributes ?? []), ...Object.entries(step.set).flatMap(([name, value]) => [name, String(value)])];
}

const fault = (path: string, message: string): InputFault => ({ path, code: 'INVALID_AUDIENCE', message });
