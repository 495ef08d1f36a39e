import { describe, expect, it } from '@jest/globals';
import { RULE_LIMITS, RuleGroup, RuleOperator, type RuleValue } from '@postrider/contracts';
import fc from 'fast-check';
import { ruleFaults } from './rule-faults.js';

type Case = [field: string, operator: RuleOperator, value?: RuleValue];

const one = ([field, operator, value]: Case): RuleGroup => ({ combinator: 'and', rules: [{ field, operator, ...(value !== undefined && { value }) }] });
const found = (rules: RuleGroup): string[][] => ruleFaults(rules, ['rules']).map(({ path, code }) => [path, code]);

const nested = (depth: number): RuleGroup => ({ combinator: 'and', rules: depth === 1 ? [] : [nested(depth - 1)] });

describe(ruleFaults.name, () => {
  it.each<Case>([
    ['attributes.country', '=', 'SE'], ['attributes.country', '!=', false], ['attributes.age', '>=', 18], ['attributes.name', '<', 'M'],
    ['attributes.age', 'between', [18, 30]], ['attributes.age', 'notBetween', ['a', 'a']], ['attributes.country', 'in', ['SE', 1, true]],
    ['attributes.note', 'doesNotContain', 'x'], ['attributes.a.b', 'exists'], ['attributes.a', 'null', null], ['attributes.a', 'notNull', ''],
    ['attributes.born', 'before', '2000-01-01'], ['attributes.born', 'after', '2000-01-01T00:00:00+02:00'],
    ['attributes.seen', 'inLast', { amount: 3, unit: 'days' }], ['identities.email', 'endsWith', '@shop.test'], ['identities.ecid', 'notExists'],
    ['consents.email', '=', 'y'], ['consents.email', 'notIn', ['n']], ['consents.email', 'null'], ['dataset', 'in', ['a', 'b']],
    ['createdAt', 'after', '2026-01-01'], ['updatedAt', 'between', ['2026-01-01', '2026-02-01']], ['createdAt', 'inLast', { amount: 1, unit: 'months' }],
    ['createdAt', 'between', ['2026-01-01T10:00:00+05:00', '2026-01-01T09:00:00Z']],
  ])('takes %s %s %j', (...rule) => {
    expect(found(one(rule))).toEqual([]);
  });

  it.each<Case>([
    ['attributes.country', '='], ['attributes.country', '=', ['SE']], ['attributes.age', '>', true], ['attributes.age', '<', null],
    ['attributes.age', 'between', [18]], ['attributes.age', 'between', [30, 18]], ['attributes.age', 'between', [1, 'b']], ['attributes.age', 'between', '1,2'],
    ['attributes.country', 'in', 'SE'], ['attributes.country', 'in', []], ['attributes.country', 'notIn'], ['attributes.note', 'contains', 7],
    ['attributes.note', 'contains', ''], ['attributes.a', 'exists', 'x'], ['attributes.a', 'null', false], ['attributes.born', 'before', 'yesterday'],
    ['attributes.born', 'after', '2026-02-30'], ['attributes.born', 'after', '2026-01-01T00:00:00'], ['attributes.born', 'before', 5],
    ['attributes.seen', 'inLast', 3], ['identities.email', '=', 7], ['consents.email', '=', 'yes'], ['consents.email', 'in', ['y', 'maybe']],
    ['dataset', '=', 1], ['createdAt', '>', 5], ['createdAt', 'between', ['2026-01-01', 'now']], ['createdAt', '<', 'now'],
  ])('refuses the value of %s %s %j', (...rule) => {
    expect(found(one(rule))).toEqual([['/rules/rules/0/value', 'VALUE_MISMATCH']]);
  });

  it.each<Case>([
    ['identities.email', '<', 'a'], ['identities.email', 'before', '2026-01-01'], ['consents.email', 'contains', 'y'], ['consents.email', 'between', ['n', 'y']],
    ['dataset', 'exists'], ['dataset', 'inLast', { amount: 1, unit: 'days' }], ['createdAt', 'contains', '2026'], ['createdAt', 'exists'], ['updatedAt', '=', '2026-01-01'],
  ])('refuses what cannot be asked of a field: %s %s', (...rule) => {
    expect(found(one(rule))).toEqual([['/rules/rules/0/operator', 'OPERATOR_MISMATCH']]);
  });

  it('names every fault by its place, however deep', () => {
    const rules: RuleGroup = {
      combinator: 'or',
      rules: [
        { field: 'attributes.a', operator: 'in', value: 'x' },
        { combinator: 'and', not: true, rules: [{ field: 'attributes.b', operator: '=', value: 1 }, { combinator: 'or', rules: [{ field: 'dataset', operator: 'null' }] }] },
      ],
    };

    expect(found(rules)).toEqual([['/rules/rules/0/value', 'VALUE_MISMATCH'], ['/rules/rules/1/rules/1/rules/0/operator', 'OPERATOR_MISMATCH']]);
  });

  it('counts groups and rules', () => {
    const many = (rules: number): RuleGroup => ({
      combinator: 'and',
      rules: Array.from({ length: rules }, () => ({ combinator: 'and', rules: [{ field: 'attributes.a', operator: 'exists' }] })),
    });

    expect(found(nested(RULE_LIMITS.depth))).toEqual([]);
    expect(found(nested(RULE_LIMITS.depth + 1))).toEqual([[`/rules${'/rules/0'.repeat(RULE_LIMITS.depth)}`, 'TOO_DEEP']]);
    expect(found(many(RULE_LIMITS.rules))).toEqual([]);
    expect(found(many(RULE_LIMITS.rules + 1))).toEqual([['/rules', 'TOO_MANY_RULES']]);
  });

  it('finds at most one fault in each rule that is well formed, and never fails', () => {
    const value = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.array(fc.oneof(fc.string(), fc.integer())), fc.constant(null));
    const field = fc.constantFrom('attributes.a', 'identities.email', 'consents.email', 'dataset', 'createdAt');
    const rule = fc.record({ field, operator: fc.constantFrom(...RuleOperator.options), value });

    fc.assert(fc.property(fc.array(rule, { maxLength: 20 }), (rules) => {
      const parsed = RuleGroup.safeParse({ combinator: 'and', rules });
      if (!parsed.success) return;
      const paths = ruleFaults(parsed.data, ['rules']).map(({ path }) => path.split('/').slice(0, 4).join('/'));

      expect(new Set(paths).size).toBe(paths.length);
    }));
  });
});
