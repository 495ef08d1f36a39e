import { Ajv, type ErrorObject } from 'ajv';
import type { EmailContent, JsonObject } from '@postrider/contracts';
import type { InputFault } from '@postrider/runtime';
import { ContentInvalid } from './content.errors.js';
import { usesOfContent } from './compile-email.js';
import { EACH, type VariableUse } from './variables.js';

const MAX_FAULTS = 20;

/** A place in the context, as all uses of it together describe it. */
interface Node {
  children: Map<string, Node>;
  isScalar: boolean;
  isRequired: boolean;
}

/**
 * The JSON Schema of `context` that a content implies: what it prints without a condition is required and a scalar, what it
 * loops over is a list. Fields that the content does not read are allowed.
 */
export function inferContextSchema(content: EmailContent): JsonObject {
  const root: Node = emptyNode();
  for (const use of usesOfContent(content)) if (use.path[0] === 'context') insert(root, use);
  return schemaOf(root);
}

const emptyNode = (): Node => ({ children: new Map(), isScalar: false, isRequired: false });

function insert(root: Node, { path, how, isCertain }: VariableUse): void {
  let node = root;
  const isNeeded = isCertain && how === 'output';
  for (const name of path.slice(1)) {
    const child = node.children.get(name) ?? emptyNode();
    node.children.set(name, child);
    child.isRequired ||= isNeeded && name !== EACH;
    node = child;
  }
  if (how === 'output') node.isScalar = true;
  if (how === 'loop' && !node.children.has(EACH)) node.children.set(EACH, emptyNode());
}

function schemaOf(node: Node): JsonObject {
  const items = node.children.get(EACH);
  if (items) return { type: 'array', items: schemaOf(items) };
  if (node.children.size > 0) return objectSchemaOf(node);
  return node.isScalar ? { type: ['string', 'number', 'boolean'] } : {};
}

function objectSchemaOf(node: Node): JsonObject {
  const entries = [...node.children].sort(([a], [b]) => (a < b ? -1 : 1));
  // `.size` and its kin are read of lists and texts: they say nothing of the shape.
  const properties = Object.fromEntries(entries.filter(([name]) => !DERIVED.has(name)).map(([name, child]) => [name, schemaOf(child)]));
  if (Object.keys(properties).length === 0) return {};
  const required = entries.filter(([name, child]) => child.isRequired && name in properties).map(([name]) => name);
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

const DERIVED = new Set(['size', 'first', 'last']);

/** Checks a context; faults have paths below it, e.g. `/order`. */
export type ContextCheck = (context: unknown) => InputFault[];

/** @throws ContentInvalid when it is not a JSON Schema */
export function compileContextSchema(schema: JsonObject): ContextCheck {
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false, ownProperties: true });
  try {
    const validate = ajv.compile(schema);
    return (context) => (validate(context ?? {}) ? [] : (validate.errors ?? []).slice(0, MAX_FAULTS).map(faultOf));
  } catch (error) {
    throw new ContentInvalid([{ path: '/contextSchema', code: 'CONTEXT_SCHEMA', message: error instanceof Error ? error.message : String(error) }]);
  }
}

function faultOf(error: ErrorObject): InputFault {
  const missing = (error.params as { missingProperty?: string }).missingProperty;
  const path = missing === undefined ? error.instancePath : `${error.instancePath}/${escapePointer(missing)}`;
  return { path, code: 'CONTEXT_INVALID', message: missing === undefined ? (error.message ?? 'is not valid') : 'is missing' };
}

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
