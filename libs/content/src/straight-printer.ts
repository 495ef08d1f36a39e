/**
 * The common part of Liquid as plain functions: texts, outputs of paths, `if` with comparisons, `for` over a list.
 * Guarantee: where there is a printer, it prints what LiquidJS would for data that came as JSON, many times faster, and ends
 * within bounds of steps and size. A spec compares both over generated templates and data.
 * Limits: filters, `contains`, `size`, `first`, `last`, ranges, modifiers and the state of loops are left to LiquidJS: a
 * template with any of them has no printer.
 */
import { TokenKind, Value, type Filter, type PropertyAccessToken, type Template, type Token } from 'liquidjs';
import { htmlEngine } from './engine.js';

export type Printer = (scope: Readonly<Record<string, unknown>>) => string;

const MAX_STEPS = 100_000;
const MAX_CHARACTERS = 10_000_000;
/** Thrown, and caught, while a printer is made. */
class Beyond extends Error {}
const DERIVED = new Set(['size', 'first', 'last']);
const ESCAPED = /[&<>"']/;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };

interface Run {
  scope: Readonly<Record<string, unknown>>;
  /** Values of loop variables, the innermost last. */
  locals: unknown[];
  text: string;
  steps: number;
}

type Step = (run: Run) => void;

interface Operand {
  read: (run: Run) => unknown;
  isLiteral: boolean;
}

/** Names of loop variables, the innermost last. */
type Names = readonly string[];

/** The parts of LiquidJS's templates that are read here. */
interface Readable extends Template {
  name?: string;
  str?: string;
  value?: Value;
  branches?: { value: Value; templates: Template[] }[];
  variable?: string;
  collection?: Token;
  hash?: { hash: object };
  templates?: Template[];
  elseTemplates?: Template[];
}

/** Undefined for templates that LiquidJS must render. */
export function straightPrinter(templates: readonly Template[]): Printer | undefined {
  try {
    const print = sequence(templates, []);
    return (scope) => {
      const run: Run = { scope, locals: [], text: '', steps: 0 };
      print(run);
      return run.text;
    };
  } catch (error) {
    if (error instanceof Beyond) return undefined;
    throw error;
  }
}

function sequence(templates: readonly Template[], names: Names): Step {
  const steps = templates.map((template) => stepOf(template, names));
  return (run) => {
    for (const step of steps) step(run);
  };
}

function stepOf(template: Readable, names: Names): Step {
  const { name, str, value } = template;
  if (name === 'for') return loop(template, names);
  if (name === 'if') return branches(template, names);
  if (name === undefined && typeof str === 'string') return (run) => void (run.text += str);
  if (name === undefined && value instanceof Value) return output(value, names);
  throw new Beyond();
}

function output({ filters, initial }: Value, names: Names): Step {
  const [filter, ...more] = filters;
  const isEscaped = filter !== undefined && isEscape(filter);
  if (more.length > 0 || (filter && !isEscaped && !filter.raw)) throw new Beyond();
  const { read } = expression(initial.postfix, names);
  return isEscaped ? (run) => void (run.text += escaped(textOf(read(run)))) : (run) => void (run.text += textOf(read(run)));
}

/** What the HTML engine puts after each output that is not `raw`. */
export const isEscape = (filter: Filter): boolean => (filter as unknown as { handler: unknown }).handler === htmlEngine.options.outputEscape;

function branches(template: Readable, names: Names): Step {
  const tried = (template.branches ?? []).map(({ value, templates }) => {
    if (value.filters.length > 0) throw new Beyond();
    return { test: expression(value.initial.postfix, names).read, print: sequence(templates, names) };
  });
  const otherwise = sequence(template.elseTemplates ?? [], names);
  return (run) => (tried.find(({ test }) => isTrue(test(run)))?.print ?? otherwise)(run);
}

function loop({ variable, collection, hash, templates = [], elseTemplates = [] }: Readable, names: Names): Step {
  if (collection?.kind !== TokenKind.PropertyAccess || Object.keys(hash?.hash ?? {}).length > 0 || !variable || variable === 'forloop') throw new Beyond();
  const { read } = path(collection as PropertyAccessToken, names);
  const body = sequence(templates, [...names, variable]);
  const otherwise = sequence(elseTemplates, names);
  return (run) => {
    const items = itemsOf(read(run));
    if (items.length === 0) return otherwise(run);
    for (const item of items) {
      if (++run.steps > MAX_STEPS || run.text.length > MAX_CHARACTERS) throw new Error('the loops print too much');
      run.locals.push(item);
      body(run);
      run.locals.pop();
    }
  };
}

function expression(postfix: readonly Token[], names: Names): Operand {
  const operands: Operand[] = [];
  for (const token of postfix) {
    if (token.kind !== TokenKind.Operator) {
      operands.push(operand(token, names));
      continue;
    }
    const [right, left] = [operands.pop(), operands.pop()];
    if (!left || !right) throw new Beyond();
    operands.push(operation((token as Token & { operator: string }).operator, left, right));
  }
  const [result] = operands;
  if (!result || operands.length > 1) throw new Beyond();
  return result;
}

function operand(token: Token, names: Names): Operand {
  if (token.kind === TokenKind.PropertyAccess) return path(token as PropertyAccessToken, names);
  const { content } = token as Token & { content?: unknown };
  // `nil`, `empty` and `blank` have rules of their own.
  if (typeof content !== 'string' && typeof content !== 'number' && typeof content !== 'boolean') throw new Beyond();
  return { read: () => content, isLiteral: true };
}

function operation(operator: string, { read: left, isLiteral }: Operand, { read: right, isLiteral: isRightLiteral }: Operand): Operand {
  const compare = COMPARISONS[operator];
  // Two lists are equal element by element, which is not looked at here.
  const mayBeLists = !isLiteral && !isRightLiteral && (operator === '==' || operator === '!=');
  if (!compare || mayBeLists) throw new Beyond();
  return { read: (run) => compare(left(run), right(run)), isLiteral: true };
}

type Comparable = number;

const COMPARISONS: Readonly<Record<string, ((left: unknown, right: unknown) => boolean) | undefined>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>': (left, right) => (left as Comparable) > (right as Comparable),
  '<': (left, right) => (left as Comparable) < (right as Comparable),
  '>=': (left, right) => (left as Comparable) >= (right as Comparable),
  '<=': (left, right) => (left as Comparable) <= (right as Comparable),
  and: (left, right) => isTrue(left) && isTrue(right),
  or: (left, right) => isTrue(left) || isTrue(right),
};

function path({ variable, props }: PropertyAccessToken, names: Names): Operand {
  const [root, ...keys] = props.map(keyOf);
  if (variable || typeof root !== 'string' || keys.some((key) => DERIVED.has(String(key)))) throw new Beyond();
  const local = names.lastIndexOf(root);
  if (local < 0 && root !== 'profile' && root !== 'context') throw new Beyond();
  const read = (run: Run): unknown => {
    let value: unknown = local < 0 ? run.scope[root] : run.locals[local];
    for (const key of keys) value = ownValue(value, key);
    return value;
  };
  return { read, isLiteral: false };
}

function keyOf(prop: Token): string | number {
  const { content } = prop as Token & { content?: unknown };
  const isName = prop.kind === TokenKind.Word || prop.kind === TokenKind.Quoted;
  if (isName && typeof content === 'string') return content;
  if (prop.kind === TokenKind.Number && Number.isInteger(content) && (content as number) >= 0) return content as number;
  throw new Beyond();
}

function ownValue(value: unknown, key: string | number): unknown {
  if (value === undefined || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string | number, unknown>)[key];
}

function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return value === '' ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- as LiquidJS prints an object
  return Array.isArray(value) ? value.map(textOf).join('') : String(value);
}

const isTrue = (value: unknown): boolean => value !== false && value !== undefined && value !== null;

const escaped = (text: string): string => (ESCAPED.test(text) ? text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character) : text);
