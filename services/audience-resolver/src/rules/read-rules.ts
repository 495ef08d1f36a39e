import { RULE_LIMITS, type Rule, type RuleGroup } from '@postrider/contracts';
import type { InputFault } from '@postrider/runtime';
import { InvalidAudience } from './rules.errors.js';
import { readRule, type ReadRule } from './read-rule.js';

/** A group whose rules have all been read. */
export interface ReadGroup {
  combinator: 'and' | 'or';
  isNegative: boolean;
  of: (ReadRule | ReadGroup)[];
}

export const isGroup = (node: ReadRule | ReadGroup): node is ReadGroup => 'of' in node;

/**
 * @param now the moment that relative dates count from
 * @param path JSON Pointer of the group, for the faults
 * @throws InvalidAudience with every fault: too many rules, too deep, an operator with a value that it cannot take
 */
export function readRules(group: RuleGroup, now: Date, path = '/rules'): ReadGroup {
  const reading = new Reading(now);
  const read = reading.group(group, path, 1);
  if (reading.rules > RULE_LIMITS.rules) reading.fault(path, `There are ${reading.rules} rules; ${RULE_LIMITS.rules} are allowed.`);
  if (reading.faults.length > 0) throw new InvalidAudience('The rules cannot be evaluated; `errors` lists each fault.', reading.faults);
  return read;
}

class Reading {
  readonly faults: InputFault[] = [];
  rules = 0;

  constructor(private readonly now: Date) {}

  group(group: RuleGroup, path: string, depth: number): ReadGroup {
    const read: ReadGroup = { combinator: group.combinator, isNegative: group.not ?? false, of: [] };
    if (depth > RULE_LIMITS.depth) {
      this.fault(path, `Groups are nested deeper than ${RULE_LIMITS.depth} levels.`);
      return read;
    }
    group.rules.forEach((node, index) => {
      const one = 'rules' in node ? this.group(node, `${path}/rules/${index}`, depth + 1) : this.rule(node, `${path}/rules/${index}`);
      if (one) read.of.push(one);
    });
    return read;
  }

  fault(path: string, message: string): void {
    this.faults.push({ path, code: 'INVALID_AUDIENCE', message });
  }

  private rule(rule: Rule, path: string): ReadRule | undefined {
    this.rules += 1;
    const read = readRule(rule, this.now);
    if (typeof read !== 'string') return read;
    this.fault(path, read);
    return undefined;
  }
}
