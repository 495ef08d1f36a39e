/** The meaning of rules in memory: what the compiled SQL is compared with. */
import type { Profile } from '@postrider/contracts';
import { instantOf } from './instant.js';
import { isMoment, type Question, type ReadRule, type Scalar } from './read-rule.js';
import { isGroup, type ReadGroup } from './read-rules.js';

export function matchesRules(node: ReadGroup | ReadRule, profile: Profile): boolean {
  if (!isGroup(node)) return valuesOf(node.field, profile).some((value) => answers(value, node)) !== node.isNegative;
  const matches = (one: ReadGroup | ReadRule): boolean => matchesRules(one, profile);
  return (node.combinator === 'and' ? node.of.every(matches) : node.of.some(matches)) !== node.isNegative;
}

/** One value, or as many as there are identities in the namespace. */
function valuesOf(field: string, profile: Profile): unknown[] {
  const [root = '', ...path] = field.split('.');
  if (isMoment(field)) return [profile[field]];
  if (root === 'dataset') return [profile.dataset];
  if (root === 'identities') return profile.identities.filter(({ namespace }) => namespace === path.join('.').toLowerCase()).map(({ value }) => value);
  return [path.reduce(valueAt, root === 'consents' ? profile.consents : profile.attributes)];
}

function valueAt(inside: unknown, name: string): unknown {
  if (typeof inside !== 'object' || inside === null || Array.isArray(inside) || !Object.hasOwn(inside, name)) return undefined;
  return (inside as Record<string, unknown>)[name];
}

function answers(value: unknown, { field, question }: ReadRule): boolean {
  switch (question.ask) {
    case 'present':
      return value !== undefined && value !== null;
    case 'in':
      return question.values.some((one) => compare(value, one, isMoment(field)) === 0);
    case 'order':
      return isOrdered(compare(value, question.value, isMoment(field)), question.order);
    case 'between':
      return isBetween(value, question, isMoment(field));
    case 'text':
      return typeof value === 'string' && hasText(value, question);
    case 'time':
      return isInTime(typeof value === 'string' ? instantOf(value) : undefined, question);
  }
}

/** Below, at or above zero; undefined where the types differ, or have no order and are not equal. */
function compare(value: unknown, other: Scalar, asMoments: boolean): number | undefined {
  if (typeof value !== typeof other) return undefined;
  if (typeof value === 'number') return value - Number(other);
  if (typeof value === 'boolean') return value === other ? 0 : undefined;
  if (!asMoments) return Buffer.compare(Buffer.from(String(value)), Buffer.from(String(other)));
  const [one, two] = [instantOf(String(value)), instantOf(String(other))];
  return one === undefined || two === undefined ? undefined : Number(one - two);
}

function isBetween(value: unknown, { from, to }: Question & { ask: 'between' }, asMoments: boolean): boolean {
  return isOrdered(compare(value, from, asMoments), '>=') && isOrdered(compare(value, to, asMoments), '<=');
}

function isOrdered(difference: number | undefined, order: (Question & { ask: 'order' })['order']): boolean {
  if (difference === undefined) return false;
  if (difference === 0) return order === '<=' || order === '>=';
  return difference < 0 === order.startsWith('<');
}

function hasText(value: string, { match, text }: Question & { ask: 'text' }): boolean {
  if (match === 'contains') return value.includes(text);
  return match === 'beginsWith' ? value.startsWith(text) : value.endsWith(text);
}

function isInTime(moment: bigint | undefined, { after, afterOrAt, before, beforeOrAt }: Question & { ask: 'time' }): boolean {
  if (moment === undefined) return false;
  const bounds = [['>', after], ['>=', afterOrAt], ['<', before], ['<=', beforeOrAt]] as const;
  return bounds.every(([order, bound]) => bound === undefined || isOrdered(Number(moment - (instantOf(bound) ?? 0n)), order));
}
