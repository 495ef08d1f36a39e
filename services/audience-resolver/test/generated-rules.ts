/** Rules and profiles that meet often: few names, few values, each of them awkward in its own way. */
import { RuleOperator, type Profile, type Rule, type RuleGroup } from '@postrider/contracts';
import fc from 'fast-check';

const texts = fc.constantFrom(
  '', 'a', 'ab', 'B', 'b%', '_', "'; DROP TABLE members; --", '\\', '"', '10', 'true', 'null', 'é', 'e\u0301', '\uffff', '😀', 'SE',
  '2026-03-01', '2026-03-01T00:00:00Z', '2026-02-28T23:00:00-01:00', '2026-03-01T00:00:00.000001', '2026-02-30', '0001-01-01T00:00:00+14:00', 'now', '１０',
);
const moments = fc.constantFrom('2026-03-01', '2026-03-01T00:00:00Z', '2026-02-28T23:00:00-01:00', '2026-02-01T12:00:00.5Z', '9999-12-31', '0001-01-01T00:00:00+14:00');
const numbers = fc.oneof(fc.constantFrom(0, 1, -1, 10, 1.5, 1e21, 1e-7, 9_007_199_254_740_991), fc.integer({ min: -3, max: 3 }));
const scalars = fc.oneof(texts, numbers, fc.boolean());
const names = fc.constantFrom('a', 'b', 'ä', '0', '__proto__', "it's", '{x}', '$1');

const values = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof({ maxDepth: 2 }, { weight: 6, arbitrary: scalars }, fc.constant(null), fc.array(tie('value'), { maxLength: 3 }), { weight: 3, arbitrary: tie('object') }),
  object: fc.array(fc.tuple(names, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
}));

const fields = fc.oneof(
  { weight: 6, arbitrary: fc.array(names, { minLength: 1, maxLength: 3 }).map((path) => `attributes.${path.join('.')}`) },
  { weight: 3, arbitrary: fc.constantFrom('identities.email', 'identities.Email', 'identities.crm', 'identities.none') },
  fc.constantFrom('consents.email', 'consents.sms'),
  fc.constantFrom('dataset', 'createdAt', 'updatedAt'),
);

const MOMENT_OPERATORS: RuleOperator[] = ['=', '!=', '<', '<=', '>', '>=', 'between', 'notBetween', 'in', 'notIn', 'before', 'after', 'inLast', 'inNext', 'null', 'notNull', 'exists', 'notExists'];

const relativeTimes = fc.record({ amount: fc.constantFrom(1, 2, 30, 100_000), unit: fc.constantFrom('minutes' as const, 'hours' as const, 'days' as const, 'weeks' as const, 'months' as const, 'years' as const) });

type ValueOf = (isMoment: boolean) => fc.Arbitrary<Rule['value']>;

const VALUES: readonly (readonly [RegExp, ValueOf])[] = [
  [/between$/i, (isMoment) => (isMoment ? fc.tuple(moments, moments) : fc.oneof(fc.tuple(texts, texts), fc.tuple(numbers, numbers)))],
  [/^(in|notIn)$/, (isMoment) => (isMoment ? fc.array(moments, { maxLength: 4 }) : fc.array(scalars, { maxLength: 4 }))],
  [/^in(Last|Next)$/, () => relativeTimes],
  [/^(before|after)$/, () => moments],
  [/null|exists/i, () => fc.constantFrom(undefined, null)],
  [/contain|begin|end/i, () => texts],
  [/[<>]/, (isMoment) => (isMoment ? moments : fc.oneof(texts, numbers))],
  [/=$/, (isMoment) => (isMoment ? moments : scalars)],
];

function valueFor(operator: RuleOperator, isMoment: boolean): fc.Arbitrary<Rule['value']> {
  const valueOf = VALUES.find(([pattern]) => pattern.test(operator))?.[1];
  if (!valueOf) throw new Error(`no values for ${operator}`);
  return valueOf(isMoment);
}

const rules = fields.chain((field): fc.Arbitrary<Rule> => {
  const isMoment = field === 'createdAt' || field === 'updatedAt';
  return fc.constantFrom(...(isMoment ? MOMENT_OPERATORS : RuleOperator.options)).chain((operator) => valueFor(operator, isMoment).map((value) => ({ field, operator, value })));
});

/** Valid rules, nested up to four levels. */
export const ruleGroups = fc.letrec<{ group: RuleGroup; node: Rule | RuleGroup }>((tie) => ({
  node: fc.oneof({ maxDepth: 3 }, { weight: 3, arbitrary: rules }, tie('group')),
  group: fc.record({ combinator: fc.constantFrom('and', 'or'), not: fc.constantFrom(undefined, false, true), rules: fc.array(tie('node'), { maxLength: 4 }) }),
})).group;

const identities = fc.uniqueArray(fc.record({ namespace: fc.constantFrom('email', 'crm'), value: texts }), { maxLength: 3, selector: ({ namespace, value }) => `${namespace}:${value}` });

/** Without their ids; an identity may be generated for several. */
export const generatedProfiles: fc.Arbitrary<Omit<Profile, 'id'>> = fc.record({
  dataset: texts,
  identities,
  attributes: values.object,
  consents: fc.oneof(fc.constant({}), fc.record({ email: fc.constantFrom('y' as const, 'n' as const) })),
  createdAt: moments.filter((text) => !text.startsWith('0001')),
  updatedAt: moments.filter((text) => !text.startsWith('0001')),
});
