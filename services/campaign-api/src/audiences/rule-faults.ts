import { z } from 'zod';
import { Instant, RULE_LIMITS, RelativeTime, type Fault, type Rule, type RuleGroup, type RuleOperator } from '@postrider/contracts';
import { pointerOf } from '../edge/faults.js';

type Path = readonly PropertyKey[];
type FieldKind = 'attribute' | 'identity' | 'consent' | 'dataset' | 'instant';
type Shape = 'scalar' | 'ordered' | 'range' | 'list' | 'text' | 'none' | 'date' | 'relative';

const SHAPES: Readonly<Record<RuleOperator, Shape>> = {
  '=': 'scalar', '!=': 'scalar',
  '<': 'ordered', '<=': 'ordered', '>': 'ordered', '>=': 'ordered',
  between: 'range', notBetween: 'range', in: 'list', notIn: 'list',
  contains: 'text', doesNotContain: 'text', beginsWith: 'text', doesNotBeginWith: 'text', endsWith: 'text', doesNotEndWith: 'text',
  null: 'none', notNull: 'none', exists: 'none', notExists: 'none',
  before: 'date', after: 'date', inLast: 'relative', inNext: 'relative',
};

const EXPECTED: Readonly<Record<Shape, string>> = {
  scalar: 'a text, a number or a boolean',
  ordered: 'a number or a text',
  range: 'a list of two numbers, or of two texts, the lower one first',
  list: 'a list of at least one text, number or boolean',
  text: 'a text that is not empty',
  none: 'no value',
  date: 'an ISO 8601 date, or a date-time with a zone',
  relative: '{amount, unit}',
};

/** What can be asked of a kind of field, by the shape of the operator's value. */
const SENSIBLE: Readonly<Record<FieldKind, readonly Shape[]>> = {
  attribute: ['scalar', 'ordered', 'range', 'list', 'text', 'none', 'date', 'relative'],
  identity: ['scalar', 'list', 'text', 'none'],
  consent: ['scalar', 'list', 'none'],
  dataset: ['scalar', 'list', 'text'],
  instant: ['ordered', 'range', 'date', 'relative'],
};

const isDate = (value: unknown): boolean => typeof value === 'string' && DateText.safeParse(value).success;
const DateText = z.union([z.iso.date(), Instant]);
const isText = (value: unknown): boolean => typeof value === 'string';
const isConsent = (value: unknown): boolean => value === 'y' || value === 'n';

/** What each value of a field must be, besides of the operator's shape. */
const VALUES: Readonly<Partial<Record<FieldKind, { holds: (value: unknown) => boolean; expected: string }>>> = {
  identity: { holds: isText, expected: 'identities are texts' },
  dataset: { holds: isText, expected: 'names of datasets are texts' },
  consent: { holds: isConsent, expected: 'a consent is "y" or "n"' },
  instant: { holds: isDate, expected: 'must be ISO 8601 dates, or date-times with a zone' },
};

/** Everything that is wrong with well-formed rules; empty when they can be evaluated. */
export function ruleFaults(root: RuleGroup, path: Path): Fault[] {
  const count = countRules(root);
  const tooMany = count > RULE_LIMITS.rules ? [fault(path, 'TOO_MANY_RULES', `has ${count} rules: at most ${RULE_LIMITS.rules}`)] : [];
  return [...tooMany, ...groupFaults(root, path, 1)];
}

const fault = (path: Path, code: string, message: string): Fault => ({ path: pointerOf(path), code, message });

function countRules({ rules }: RuleGroup): number {
  return rules.reduce((count, item) => count + ('rules' in item ? countRules(item) : 1), 0);
}

function groupFaults({ rules }: RuleGroup, path: Path, depth: number): Fault[] {
  if (depth > RULE_LIMITS.depth) return [fault(path, 'TOO_DEEP', `is nested over ${RULE_LIMITS.depth} groups`)];
  return rules.flatMap((item, at) => {
    const below = [...path, 'rules', at];
    return 'rules' in item ? groupFaults(item, below, depth + 1) : faultsOfRule(item, below);
  });
}

function faultsOfRule({ field, operator, value }: Rule, path: Path): Fault[] {
  const kind = kindOf(field);
  const shape = SHAPES[operator];
  if (!SENSIBLE[kind].includes(shape)) return [fault([...path, 'operator'], 'OPERATOR_MISMATCH', `cannot be asked of ${field}`)];
  if (!FITS[shape](value, kind)) return [fault([...path, 'value'], 'VALUE_MISMATCH', `${operator} needs ${EXPECTED[shape]}`)];
  const rule = shape === 'none' || shape === 'relative' ? undefined : VALUES[kind];
  const values = Array.isArray(value) ? value : [value];
  return rule && !values.every(rule.holds) ? [fault([...path, 'value'], 'VALUE_MISMATCH', rule.expected)] : [];
}

function kindOf(field: string): FieldKind {
  if (field.startsWith('attributes.')) return 'attribute';
  if (field.startsWith('identities.')) return 'identity';
  if (field.startsWith('consents.')) return 'consent';
  return field === 'dataset' ? 'dataset' : 'instant';
}

const isScalar = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

type Compare = (a: string, b: string) => number;

const compareBytes: Compare = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
/** Texts that are no dates have no order here; they are refused as values. */
const compareInstants: Compare = (a, b) => (Date.parse(a) > Date.parse(b) ? 1 : 0);

function isRange(value: unknown, compare: Compare): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [from, to] = value as [unknown, unknown];
  if (typeof from === 'number' && typeof to === 'number') return from <= to;
  return typeof from === 'string' && typeof to === 'string' && compare(from, to) <= 0;
}

const FITS: Readonly<Record<Shape, (value: unknown, kind: FieldKind) => boolean>> = {
  scalar: isScalar,
  ordered: (value) => typeof value === 'number' || typeof value === 'string',
  range: (value, kind) => isRange(value, kind === 'instant' ? compareInstants : compareBytes),
  list: (value) => Array.isArray(value) && value.length > 0 && value.every(isScalar),
  text: (value) => typeof value === 'string' && value !== '',
  // Editors leave an empty text behind when they change a rule's operator.
  none: (value) => value == null || value === '',
  date: isDate,
  relative: (value) => RelativeTime.safeParse(value).success,
};
