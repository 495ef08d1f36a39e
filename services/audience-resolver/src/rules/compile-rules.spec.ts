import { describe, expect, it } from '@jest/globals';
import { RuleOperator, type RuleGroup } from '@postrider/contracts';
import { compileRules } from './compile-rules.js';
import { Parameters } from './parameters.js';
import { readRules } from './read-rules.js';

const HOSTILE = `'"; DROP TABLE x; -- $1`;

function compiled(group: RuleGroup): { text: string; values: unknown[] } {
  const parameters = new Parameters();
  const tenant = parameters.add('acme/prod', 'text');
  return { text: compileRules(readRules(group, new Date()), { parameters, tenant }), values: parameters.values };
}

describe(compileRules.name, () => {
  it.each(RuleOperator.options)('puts nothing of a rule with %s into the text', (operator) => {
    const values = [HOSTILE, [HOSTILE, HOSTILE], '2026-03-01', { amount: 1, unit: 'days' as const }];
    const fields = [`attributes.${HOSTILE.replaceAll(' ', '')}`, `identities.${HOSTILE.replaceAll(' ', '')}`, 'dataset'];

    const texts = fields.flatMap((field) => values.map((value) => textOf({ field, operator, value })));

    expect(texts.some((text) => text !== undefined)).toBe(true);
    expect(texts.filter((text) => text !== undefined && /DROP|2026|--/.test(text))).toEqual([]);
  });

  it('asks for equality so that the index of attributes answers it', () => {
    const { text, values } = compiled({ combinator: 'and', rules: [{ field: 'attributes.address.country', operator: '=', value: 'SE' }] });

    expect(text).toBe('(p.attributes @> $2::jsonb)');
    expect(values[1]).toBe('{"address":{"country":"SE"}}');
  });

  it('matches everybody by all of no rules and nobody by any of none', () => {
    expect([compiled({ combinator: 'and', rules: [] }).text, compiled({ combinator: 'or', rules: [] }).text, compiled({ combinator: 'or', not: true, rules: [] }).text]).toEqual(['true', 'false', 'NOT (false)']);
  });
});

/** Undefined for a value that the operator cannot take. */
function textOf(rule: RuleGroup['rules'][number]): string | undefined {
  try {
    return compiled({ combinator: 'and', rules: [rule] }).text;
  } catch {
    return undefined;
  }
}
