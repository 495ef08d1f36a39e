import type { Fault } from '@postrider/contracts';
import type { AudienceRow } from './audience.entity.js';
import { compositionFaults } from './composition-faults.js';
import { evaluationScheduleFaults } from './evaluation-schedule-faults.js';
import { ruleFaults } from './rule-faults.js';

export type AudienceFields = Pick<AudienceRow, 'source' | 'rules' | 'composition' | 'evaluationSchedule' | 'published'>;

/** Everything that is wrong with an audience as it is defined but the audiences that it names. */
export function definitionFaults(fields: AudienceFields): Fault[] {
  return [...partFaults(fields), ...publicationFaults(fields), ...scheduleFaults(fields)];
}

function partFaults({ source, rules, composition }: AudienceFields): Fault[] {
  const strays = [
    ...(source !== 'segment' && rules ? [fault('/rules', 'SOURCE_MISMATCH', 'Rules belong to a segment.')] : []),
    ...(source !== 'composition' && composition ? [fault('/composition', 'SOURCE_MISMATCH', 'A composition belongs to an audience of source composition.')] : []),
  ];
  if (source === 'segment') return [...strays, ...(rules ? ruleFaults(rules, ['rules']) : [fault('/rules', 'REQUIRED', 'A segment needs rules.')])];
  if (source === 'upload') return strays;
  const own = composition ? compositionFaults(composition, ['composition']) : [fault('/composition', 'REQUIRED', 'A composition needs to be said.')];
  return [...strays, ...own];
}

function publicationFaults({ source, published }: AudienceFields): Fault[] {
  return source === 'composition' || published ? [] : [fault('/published', 'SOURCE_MISMATCH', 'Only compositions can be drafts.')];
}

function scheduleFaults({ source, evaluationSchedule }: AudienceFields): Fault[] {
  if (source === 'upload' && evaluationSchedule) return [fault('/evaluationSchedule', 'SOURCE_MISMATCH', 'An upload is renewed by another upload; there is nothing to evaluate.')];
  return evaluationScheduleFaults(evaluationSchedule, ['evaluationSchedule']);
}

const fault = (path: string, code: string, message: string): Fault => ({ path, code, message });
