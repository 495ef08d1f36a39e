/**
 * Rules as one boolean expression of SQL over `profiles.audience_profile p`.
 * Guarantee: the text holds nothing of the input: fields and values are parameters. The expression is true or false, never
 * NULL, so that NOT turns it round; no stored value makes it fail: a value is cast inside of the CASE that knows its type.
 * Limits: `=` and `in` on attributes and identities use an index; everything else looks at each profile that is left.
 * The meaning is that of `libs/contracts/src/audiences/rules.ts`; `matchesRules` says the same in memory.
 */
import type { Parameters } from './parameters.js';
import { isMoment, type Question, type ReadRule, type Scalar } from './read-rule.js';
import { isGroup, type ReadGroup } from './read-rules.js';

const INSTANT_OF = 'audiences.instant_of';

export interface CompileTarget {
  parameters: Parameters;
  /** Placeholder of the tenant's id. */
  tenant: string;
}

export function compileRules(node: ReadGroup | ReadRule, target: CompileTarget): string {
  if (!isGroup(node)) return negated(positive(node, target), node.isNegative);
  const parts = node.of.map((one) => compileRules(one, target));
  const none = node.combinator === 'and' ? 'true' : 'false';
  return negated(parts.length === 0 ? none : `(${parts.join(node.combinator === 'and' ? ' AND ' : ' OR ')})`, node.isNegative);
}

const negated = (expression: string, isNegative: boolean): string => (isNegative ? `NOT (${expression})` : expression);

function positive({ field, question }: ReadRule, target: CompileTarget): string {
  const [root = '', ...path] = field.split('.');
  if (isMoment(field)) return compareMoment(field === 'createdAt' ? 'p.created_at' : 'p.updated_at', question, target.parameters);
  if (root === 'dataset') return compareText('p.dataset', question, target.parameters);
  if (root === 'identities') return compareIdentity(path.join('.'), question, target);
  return compareJson(root === 'consents' ? 'p.consents' : 'p.attributes', path, question, target.parameters);
}

/** Namespaces are stored in lower case. */
function compareIdentity(namespace: string, question: Question, { parameters, tenant }: CompileTarget): string {
  const stored = parameters.add(namespace.toLowerCase(), 'text');
  const value = compareText('i.value', question, parameters);
  return `EXISTS (SELECT FROM profiles.audience_identity i
    WHERE i.tenant_id = ${tenant} AND i.namespace = ${stored} AND i.profile_id = p.profile_id AND ${value})`;
}

function compareJson(column: string, path: readonly string[], question: Question, parameters: Parameters): string {
  // Asked of the whole column, so that the index answers it; at the root of an object it means equality.
  if (question.ask === 'in') return contains(column, path, question.values, parameters);
  // Names as text step into objects only, never into lists.
  const value = `(${column}${path.map((name) => ` -> ${parameters.add(name, 'text')}`).join('')})`;
  if (question.ask === 'present') return `coalesce(jsonb_typeof(${value}) <> 'null', false)`;
  const asked = question.ask === 'order' ? question.value : question.ask === 'between' ? question.from : '';
  return typeof asked === 'number'
    ? `CASE WHEN jsonb_typeof(${value}) = 'number' THEN ${compareNumber(`${value}::numeric`, question, parameters)} ELSE false END`
    : `CASE WHEN jsonb_typeof(${value}) = 'string' THEN ${compareText(`(${value} #>> '{}')`, question, parameters)} ELSE false END`;
}

function contains(column: string, path: readonly string[], values: readonly Scalar[], parameters: Parameters): string {
  const documents = values.map((value) => JSON.stringify(path.reduceRight<unknown>((inner, name) => Object.fromEntries([[name, inner]]), value)));
  if (documents.length === 0) return 'false';
  if (documents.length === 1) return `${column} @> ${parameters.add(documents[0], 'jsonb')}`;
  return `${column} @> ANY (${parameters.add(documents, 'jsonb[]')})`;
}

function compareNumber(value: string, question: Question, parameters: Parameters): string {
  const number = (one: string | number): string => parameters.add(String(one), 'numeric');
  if (question.ask === 'order') return `${value} ${question.order} ${number(question.value)}`;
  if (question.ask === 'between') return `${value} BETWEEN ${number(question.from)} AND ${number(question.to)}`;
  return 'false';
}

function compareText(value: string, question: Question, parameters: Parameters): string {
  const text = (one: string): string => parameters.add(one, 'text');
  switch (question.ask) {
    case 'present':
      return 'true';
    case 'in':
      return `${value} = ANY (${parameters.add(question.values.filter((one) => typeof one === 'string'), 'text[]')})`;
    case 'order':
      return typeof question.value === 'string' ? `${value} COLLATE "C" ${question.order} ${text(question.value)}` : 'false';
    case 'between':
      if (typeof question.from !== 'string' || typeof question.to !== 'string') return 'false';
      return `${value} COLLATE "C" BETWEEN ${text(question.from)} AND ${text(question.to)}`;
    case 'text':
      return searchText(value, question, parameters);
    case 'time':
      return `coalesce(${compareTime(`${INSTANT_OF}(${value})`, question, parameters)}, false)`;
  }
}

function searchText(value: string, { match, text }: Question & { ask: 'text' }, parameters: Parameters): string {
  const searched = parameters.add(text, 'text');
  if (match === 'contains') return `strpos(${value} COLLATE "C", ${searched}) > 0`;
  return match === 'beginsWith' ? `starts_with(${value}, ${searched})` : `right(${value}, length(${searched})) = ${searched}`;
}

function compareTime(moment: string, { after, afterOrAt, before, beforeOrAt }: Question & { ask: 'time' }, parameters: Parameters): string {
  // As a range, so that the moment is read out of its text once.
  if (afterOrAt !== undefined && beforeOrAt !== undefined) return `tstzrange(${momentOf(afterOrAt, parameters)}, ${momentOf(beforeOrAt, parameters)}, '[]') @> ${moment}`;
  return before === undefined ? `${moment} > ${momentOf(after ?? '', parameters)}` : `${moment} < ${momentOf(before, parameters)}`;
}

const momentOf = (text: string | number | boolean, parameters: Parameters): string => `${INSTANT_OF}(${parameters.add(String(text), 'text')})`;

function compareMoment(column: string, question: Question, parameters: Parameters): string {
  switch (question.ask) {
    case 'present':
      return 'true';
    case 'in':
      return question.values.length === 0 ? 'false' : `${column} IN (${question.values.map((value) => momentOf(value, parameters)).join(', ')})`;
    case 'order':
      return `${column} ${question.order} ${momentOf(question.value, parameters)}`;
    case 'between':
      return `${column} BETWEEN ${momentOf(question.from, parameters)} AND ${momentOf(question.to, parameters)}`;
    case 'time':
      return compareTime(column, question, parameters);
    case 'text':
      return 'false';
  }
}
