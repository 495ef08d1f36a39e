/** Which values a template reads, found by walking its parsed form; loop variables are followed to what they range over. */
import { Expression, TokenKind, Value, type PropertyAccessToken, type Template, type Token } from 'liquidjs';
import { isEscape } from './straight-printer.js';

/** One place where a value is read. `['context', 'items', '*', 'name']`: the name of each item. */
export interface VariableUse {
  path: readonly string[];
  /** `output`: printed as it is. `loop`: ranged over. `other`: compared, filtered or indexed. */
  how: 'output' | 'loop' | 'other';
  /** Read whatever the data is: not inside of a condition or a loop. */
  isCertain: boolean;
}

/** What stands for each element of a list in a path. */
export const EACH = '*';

type Aliases = ReadonlyMap<string, readonly string[] | undefined>;

interface Scope {
  aliases: Aliases;
  isCertain: boolean;
}

/** The parts of the tags of Liquid that are walked here. */
interface Walkable extends Template {
  name?: string;
  value?: Value;
  variable?: string;
  collection?: Token;
  templates?: Template[];
  elseTemplates?: Template[];
}

export function usesOf(templates: readonly Template[]): VariableUse[] {
  const uses: VariableUse[] = [];
  walk(templates, { aliases: new Map(), isCertain: true }, uses);
  return uses;
}

function walk(templates: readonly Template[], scope: Scope, uses: VariableUse[]): void {
  for (const template of templates as readonly Walkable[]) {
    if (template.name === 'for') walkLoop(template, scope, uses);
    else if (template.value instanceof Value) readOutput(template.value, scope, uses);
    else walkTag(template, scope, uses);
  }
}

function walkTag(template: Walkable, scope: Scope, uses: VariableUse[]): void {
  for (const argument of template.arguments?.() ?? []) readTokens(argument instanceof Value ? tokensOf(argument) : [argument], 'other', scope, uses);
  const children = template.children?.(false, true).next().value as Template[] | undefined;
  if (children) walk(children, { ...scope, isCertain: false }, uses);
}

function walkLoop(loop: Walkable, scope: Scope, uses: VariableUse[]): void {
  const tokens = loop.collection ? [loop.collection] : [];
  readTokens(tokens, 'loop', scope, uses);
  const ranged = loop.collection && pathOf(loop.collection, scope.aliases);
  const aliases = new Map(scope.aliases).set(loop.variable ?? '', ranged && [...ranged, EACH]).set('forloop', undefined);
  walk(loop.templates ?? [], { aliases, isCertain: false }, uses);
  walk(loop.elseTemplates ?? [], { ...scope, isCertain: false }, uses);
}

function readOutput(value: Value, scope: Scope, uses: VariableUse[]): void {
  const isPlain = value.filters.every((filter) => filter.raw || isEscape(filter)) && value.initial.postfix.length === 1;
  readTokens(tokensOf(value), isPlain ? 'output' : 'other', scope, uses);
}

function tokensOf(value: Value): Token[] {
  const filters = value.filters.flatMap((filter) => filter.args.map((argument) => (Array.isArray(argument) ? argument[1] : argument)));
  return [...value.initial.postfix, ...filters.filter((argument) => argument !== undefined)] as Token[];
}

function readTokens(tokens: readonly Token[], how: VariableUse['how'], scope: Scope, uses: VariableUse[]): void {
  for (const token of tokens) {
    const inner = (token as { initial?: unknown }).initial;
    if (inner instanceof Expression) readTokens(inner.postfix, how, scope, uses);
    if (token.kind !== TokenKind.PropertyAccess) continue;
    const path = pathOf(token, scope.aliases);
    if (path) uses.push({ path, how, isCertain: scope.isCertain });
    const indexes = (token as PropertyAccessToken).props.filter((prop) => prop.kind === TokenKind.PropertyAccess);
    readTokens(indexes, 'other', scope, uses);
  }
}

/** Undefined for what holds no value of the caller's: literals, and the state of a loop. */
function pathOf(token: Token, aliases: Aliases): readonly string[] | undefined {
  const inner = (token as { initial?: { postfix?: Token[] } }).initial?.postfix?.[0];
  if (inner) return pathOf(inner, aliases);
  if (token.kind !== TokenKind.PropertyAccess) return undefined;
  const [root, ...rest] = (token as PropertyAccessToken).props.map(nameOf);
  if (root === undefined) return undefined;
  if (!aliases.has(root)) return [root, ...rest];
  const target = aliases.get(root);
  return target && [...target, ...rest];
}

function nameOf(prop: Token): string {
  if (prop.kind === TokenKind.Word) return (prop as Token & { content: string }).content;
  if (prop.kind === TokenKind.Quoted) return (prop as Token & { content: string }).content;
  // A number, or a value known only when rendering: some element of a list.
  return EACH;
}
