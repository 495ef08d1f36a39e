import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { htmlEngine, textEngine } from './engine.js';
import { straightPrinter } from './straight-printer.js';

const NAMES = ['a', 'b', 'list', 'x', 'length', 'constructor', '__proto__'];
const aName = fc.constantFrom(...NAMES);
const aPath = fc.tuple(fc.constantFrom('profile', 'context', 'x', 'y'), fc.array(fc.oneof(aName.map((name) => `.${name}`), fc.constantFrom('[0]', '["a"]', '["b c"]')), { minLength: 1, maxLength: 3 })).map(([root, rest]) => root + rest.join(''));
const aLiteral = fc.constantFrom('0', '1', '2.5', '-1', '"a"', "'<b>'", 'true', 'false');
const anOperand = fc.oneof({ weight: 3, arbitrary: aPath }, aLiteral);
const aComparison = fc.tuple(anOperand, fc.constantFrom('==', '!=', '<', '>', '<=', '>='), anOperand).map((parts) => parts.join(' '));
const aTest = fc.oneof(anOperand, aComparison, fc.tuple(fc.oneof(anOperand, aComparison), fc.constantFrom('and', 'or'), fc.oneof(anOperand, aComparison)).map((parts) => parts.join(' ')));

const { template: aTemplate } = fc.letrec<{ template: string; piece: string }>((tie) => ({
  template: fc.array(tie('piece'), { maxLength: 4 }).map((pieces) => pieces.join('')),
  piece: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('<p>', ' text\n', '& ', "'"),
    aPath.map((path) => `{{ ${path} }}`),
    aPath.map((path) => `{{- ${path} | raw -}}`),
    aLiteral.map((literal) => `{{ ${literal} }}`),
    fc.tuple(aTest, tie('template'), aTest, tie('template'), tie('template')).map(([test, then, other, elsif, last]) => `{% if ${test} %}${then}{% elsif ${other} %}${elsif}{% else %}${last}{% endif %}`),
    fc.tuple(fc.constantFrom('x', 'y', 'context'), aPath, tie('template'), tie('template')).map(([name, path, body, none]) => `{% for ${name} in ${path} %}${body}{% else %}${none}{% endfor %}`),
  ),
}));

const { value: aValue } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  object: fc.dictionary(fc.constantFrom('a', 'b', 'list', 'b c', 'x', 'length', 'constructor'), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof({ maxDepth: 3 }, fc.constantFrom(null, true, false, '', '<&>"\'', 'abc', 0, 1, 2.5, -1), fc.array(tie('value'), { maxLength: 3 }), tie('object')),
}));
const anObject = fc.dictionary(fc.constantFrom('a', 'b', 'list', 'b c'), aValue, { maxKeys: 4, noNullPrototype: true });

describe(straightPrinter.name, () => {
  it.each([['html', htmlEngine], ['text', textEngine]] as const)('prints what LiquidJS prints, of any data (%s)', (_kind, engine) => {
    let printed = 0;
    fc.assert(
      fc.property(aTemplate, anObject, anObject, (source, profile, context) => {
        const templates = engine.parse(source);
        const print = straightPrinter(templates);
        if (!print) return;
        printed += 1;

        expect(print({ profile, context })).toBe(engine.renderSync(templates, { profile, context }));
      }),
      { numRuns: 3_000 },
    );
    expect(printed).toBeGreaterThan(500);
  });

  it.each([
    '{{ context.a | upcase }}', '{{ context.list.size }}', '{{ context.list.first }}', '{{ context.list[-1] }}', '{{ context[profile.a] }}',
    '{% if context.a contains "x" %}{% endif %}', '{% if context.a == empty %}{% endif %}', '{% if context.a == nil %}{% endif %}', '{% if context.a == context.b %}{% endif %}',
    '{% for x in (1..3) %}{% endfor %}', '{% for x in context.list limit: 2 %}{% endfor %}', '{% for x in context.list reversed %}{% endfor %}',
    '{% for x in context.list %}{{ forloop.index }}{% endfor %}', '{% for x in context.list %}{% break %}{% endfor %}', '{% unless context.a %}{% endunless %}', '{% raw %}{{ x }}{% endraw %}',
  ])('leaves %s to LiquidJS', (source) => {
    expect(straightPrinter(htmlEngine.parse(source))).toBeUndefined();
  });

  it('ends loops that go on for too long', () => {
    const loops = (depth: number): string => (depth === 0 ? 'x' : `{% for x in context.list %}${loops(depth - 1)}{% endfor %}`);
    const print = straightPrinter(htmlEngine.parse(loops(5)));

    expect(() => print?.({ profile: {}, context: { list: Array.from({ length: 100 }, () => 1) } })).toThrow('too much');
  });
});
