/**
 * A rule as the compiler and the evaluator take it: what is asked of which field, and whether the answer is turned round.
 * Reading it finds every fault, so that neither of them has any.
 */
import type { Rule, RuleOperator } from '@postrider/contracts';
import { instantOf } from './instant.js';
import { momentFrom } from './relative-time.js';

export type Scalar = string | number | boolean;
type Order = '<' | '<=' | '>' | '>=';

/** A positive question; the negative operators ask one of these and turn the answer round. */
export type Question =
  | { ask: 'present' }
  | { ask: 'in'; values: readonly Scalar[] }
  | { ask: 'order'; order: Order; value: string | number }
  | { ask: 'between'; from: string | number; to: string | number }
  | { ask: 'text'; match: 'contains' | 'beginsWith' | 'endsWith'; text: string }
  /** One of the first two, or both of the others; all are ISO dates or date-times. */
  | { ask: 'time'; after?: string; before?: string; afterOrAt?: string; beforeOrAt?: string };

export interface ReadRule {
  field: Rule['field'];
  question: Question;
  isNegative: boolean;
}

/** `undefined` stands for a value that the operator cannot take. */
type Reader = (value: Rule['value'], now: Date) => Question | undefined;

const isScalar = (value: unknown): value is Scalar => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
const isOrdered = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

const present: Reader = () => ({ ask: 'present' });
const equal: Reader = (value) => (isScalar(value) ? { ask: 'in', values: [value] } : undefined);
const within: Reader = (value) => (Array.isArray(value) ? { ask: 'in', values: value } : undefined);
const order = (of: Order): Reader => (value) => (isOrdered(value) ? { ask: 'order', order: of, value } : undefined);
const text = (match: 'contains' | 'beginsWith' | 'endsWith'): Reader => (value) => (typeof value === 'string' ? { ask: 'text', match, text: value } : undefined);

const between: Reader = (value) => {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [from, to] = value;
  return isOrdered(from) && isOrdered(to) && typeof from === typeof to ? { ask: 'between', from, to } : undefined;
};

const timed = (bound: 'before' | 'after'): Reader => (value) =>
  typeof value === 'string' && instantOf(value) !== undefined ? { ask: 'time', [bound]: value } : undefined;

const relative = (direction: 1 | -1): Reader => (value, now) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const other = momentFrom(now, value, direction).toISOString();
  return direction < 0
    ? { ask: 'time', afterOrAt: other, beforeOrAt: now.toISOString() }
    : { ask: 'time', afterOrAt: now.toISOString(), beforeOrAt: other };
};

const READERS: Record<RuleOperator, { read: Reader; isNegative?: true; needs: string }> = {
  '=': { read: equal, needs: 'text, a number or a boolean' },
  '!=': { read: equal, isNegative: true, needs: 'text, a number or a boolean' },
  '<': { read: order('<'), needs: 'text or a number' },
  '<=': { read: order('<='), needs: 'text or a number' },
  '>': { read: order('>'), needs: 'text or a number' },
  '>=': { read: order('>='), needs: 'text or a number' },
  between: { read: between, needs: 'a list of two texts or of two numbers' },
  notBetween: { read: between, isNegative: true, needs: 'a list of two texts or of two numbers' },
  in: { read: within, needs: 'a list' },
  notIn: { read: within, isNegative: true, needs: 'a list' },
  contains: { read: text('contains'), needs: 'text' },
  doesNotContain: { read: text('contains'), isNegative: true, needs: 'text' },
  beginsWith: { read: text('beginsWith'), needs: 'text' },
  doesNotBeginWith: { read: text('beginsWith'), isNegative: true, needs: 'text' },
  endsWith: { read: text('endsWith'), needs: 'text' },
  doesNotEndWith: { read: text('endsWith'), isNegative: true, needs: 'text' },
  notNull: { read: present, needs: 'nothing' },
  null: { read: present, isNegative: true, needs: 'nothing' },
  exists: { read: present, needs: 'nothing' },
  notExists: { read: present, isNegative: true, needs: 'nothing' },
  before: { read: timed('before'), needs: 'an ISO date or date-time' },
  after: { read: timed('after'), needs: 'an ISO date or date-time' },
  inLast: { read: relative(-1), needs: 'an amount and a unit' },
  inNext: { read: relative(1), needs: 'an amount and a unit' },
};

/** Answers the rule, or what is wrong with it as a sentence. */
export function readRule(rule: Rule, now: Date): ReadRule | string {
  if (!isStorable(rule.field) || !isStorable(rule.value)) return 'It contains text that is not valid Unicode, or a NUL character.';
  const { read, isNegative, needs } = READERS[rule.operator];
  const question = read(rule.value, now);
  if (!question) return `The operator ${rule.operator} needs ${needs}.`;
  const fault = isMoment(rule.field) ? momentFault(question) : undefined;
  return fault ?? { field: rule.field, question, isNegative: isNegative ?? false };
}

/** When a profile was made, or changed: a moment in place of text. */
export const isMoment = (field: string): field is 'createdAt' | 'updatedAt' => field === 'createdAt' || field === 'updatedAt';

function momentFault(question: Question): string | undefined {
  if (question.ask === 'text') return 'A moment has no text to look into.';
  const values = question.ask === 'in' ? question.values : question.ask === 'between' ? [question.from, question.to] : question.ask === 'order' ? [question.value] : [];
  return values.every((value) => typeof value === 'string' && instantOf(value) !== undefined) ? undefined : 'A moment is compared with ISO dates or date-times.';
}

function isStorable(value: Rule['value']): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  return !Array.isArray(value) || value.every(isStorable);
}
