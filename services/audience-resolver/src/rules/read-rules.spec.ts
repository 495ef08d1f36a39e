import { describe, expect, it } from '@jest/globals';
import type { Rule, RuleGroup } from '@postrider/contracts';
import { readRules } from './read-rules.js';
import { InvalidAudience } from './rules.errors.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const aRule = (overrides: Partial<Rule> = {}): Rule => ({ field: 'attributes.country', operator: '=', value: 'SE', ...overrides });
const all = (...rules: RuleGroup['rules']): RuleGroup => ({ combinator: 'and', rules });

function faultsOf(group: RuleGroup): [string, string][] {
  try {
    readRules(group, NOW);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidAudience);
    return ((error as InvalidAudience).faults ?? []).map(({ path, message }) => [path, message]);
  }
}

const nested = (levels: number): RuleGroup => (levels === 1 ? all(aRule()) : all(nested(levels - 1)));

describe(readRules.name, () => {
  it('names every fault with its place', () => {
    const faults = faultsOf(all(aRule({ operator: 'between', value: [1, 'b'] }), aRule(), { combinator: 'or', rules: [aRule({ operator: 'before', value: 'soon' }), aRule({ value: 'nul\0' })] }));

    expect(faults).toEqual([
      ['/rules/rules/0', 'The operator between needs a list of two texts or of two numbers.'],
      ['/rules/rules/2/rules/0', 'The operator before needs an ISO date or date-time.'],
      ['/rules/rules/2/rules/1', 'It contains text that is not valid Unicode, or a NUL character.'],
    ]);
  });

  it.each<Partial<Rule>>([
    { operator: '=', value: null },
    { operator: '<', value: true },
    { operator: 'in', value: 'a,b' },
    { operator: 'contains', value: 5 },
    { operator: 'inLast', value: '5 days' },
    { field: 'createdAt', operator: '=', value: 'yesterday' },
    { field: 'createdAt', operator: 'between', value: [1, 2] },
    { field: 'updatedAt', operator: 'contains', value: '2026' },
    { field: 'attributes.\ud800' },
  ])('refuses %j', (overrides) => {
    expect(faultsOf(all(aRule(overrides)))).toHaveLength(1);
  });

  it('takes 200 rules and ten levels, and refuses more', () => {
    const rules = (count: number): RuleGroup => ({ combinator: 'or', rules: Array.from({ length: Math.ceil(count / 100) }, (_, index) => all(...Array.from({ length: Math.min(100, count - index * 100) }, () => aRule()))) });

    expect([faultsOf(rules(200)), faultsOf(nested(10))]).toEqual([[], []]);
    expect(faultsOf(rules(201))).toEqual([['/rules', 'There are 201 rules; 200 are allowed.']]);
    expect(faultsOf(nested(11))[0]?.[1]).toMatch(/deeper than 10/);
  });
});
