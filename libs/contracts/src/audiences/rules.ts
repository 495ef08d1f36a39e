import { z } from 'zod';

/**
 * Rules over profiles, in react-querybuilder's JSON.
 *
 * Fields: `attributes.<name>[.<name>…]`, `identities.<namespace>`, `consents.<channel>`, `dataset`, `createdAt`, `updatedAt`.
 *
 * Meaning, the same in SQL and in memory: a value is compared as the JSON type that the rule's value has, and a value of
 * another type, or none, does not match. Text compares byte by byte, with case. A negative operator (`!=`, `notIn`,
 * `doesNotContain`, …) matches exactly where its positive one does not, so also where there is no value. An identity matches
 * when any of the profile's identities in the namespace does.
 */
export const RuleOperator = z.enum([
  '=', '!=', '<', '<=', '>', '>=', 'between', 'notBetween', 'in', 'notIn',
  'contains', 'doesNotContain', 'beginsWith', 'doesNotBeginWith', 'endsWith', 'doesNotEndWith',
  'null', 'notNull', 'exists', 'notExists',
  /** An ISO date or date-time; text that is none does not match. */
  'before', 'after',
  /** `{amount, unit}`: within so long before, or after, the moment of evaluation. */
  'inLast', 'inNext',
]);
export type RuleOperator = z.infer<typeof RuleOperator>;

export const RelativeTime = z.strictObject({ amount: z.int().min(1).max(100_000), unit: z.enum(['minutes', 'hours', 'days', 'weeks', 'months', 'years']) });
export type RelativeTime = z.infer<typeof RelativeTime>;

const Scalar = z.union([z.string().max(1_000), z.number(), z.boolean()]);
export const RuleValue = z.union([Scalar, z.array(Scalar).max(1_000), RelativeTime, z.null()]);
export type RuleValue = z.infer<typeof RuleValue>;

export const RuleField = z
  .string()
  .max(300)
  .regex(/^(?:attributes(?:\.[^.\s]{1,100}){1,5}|identities\.[^.\s]{1,64}|consents\.[^.\s]{1,64}|dataset|createdAt|updatedAt)$/,
    'must be attributes.<name>, identities.<namespace>, consents.<channel>, dataset, createdAt or updatedAt');

/** What editors add for themselves (`id`, `valueSource`, …) is dropped. */
export const Rule = z.object({ field: RuleField, operator: RuleOperator, value: RuleValue.optional() });
export type Rule = z.infer<typeof Rule>;

export interface RuleGroup {
  combinator: 'and' | 'or';
  not?: boolean | undefined;
  /** `and` of none matches everybody, `or` of none nobody. */
  rules: (Rule | RuleGroup)[];
}

export const RuleGroup: z.ZodType<RuleGroup> = z.lazy(() =>
  z.object({
    combinator: z.enum(['and', 'or']),
    not: z.boolean().optional(),
    rules: z.array(z.union([Rule, RuleGroup])).max(100),
  }),
).meta({ id: 'RuleGroup' });

export const RULE_LIMITS = { depth: 10, rules: 200 } as const;
