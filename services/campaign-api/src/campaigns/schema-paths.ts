import { JsonObject } from '@postrider/contracts';

/** What a template can read of a list or text besides what is in it. */
const DERIVED = new Set(['size', 'first', 'last']);
const COMBINATORS = ['$ref', 'anyOf', 'oneOf', 'allOf', 'if', 'patternProperties'];

/**
 * Whether a JSON Schema gives a place to a value at this dotted path (`order.items.*.name`). Steps through lists may be
 * left out. Where a schema combines others, or leaves objects open on purpose, the answer is yes.
 */
export function schemaDescribes(schema: unknown, path: string): boolean {
  return describes(schema, path.split('.').filter((step) => step !== ''));
}

function describes(schema: unknown, path: readonly string[]): boolean {
  const [step, ...rest] = path;
  if (schema === false) return false;
  const node = JsonObject.safeParse(schema).data;
  if (step === undefined || !node || isTooFree(node)) return true;
  if (DERIVED.has(step) && hasDerived(node)) return true;
  if (isList(node)) return describes(node['items'], /^(\d+|\*)$/.test(step) ? rest : path);
  return describesInObject(node, step, rest);
}

const isTooFree = (node: JsonObject): boolean => COMBINATORS.some((name) => name in node);

const isList = (node: JsonObject): boolean => node['type'] === 'array' || 'items' in node;
const hasDerived = (node: JsonObject): boolean => isList(node) || node['type'] === 'string';

function describesInObject(node: JsonObject, step: string, rest: readonly string[]): boolean {
  const properties = JsonObject.safeParse(node['properties']).data;
  if (properties && Object.hasOwn(properties, step)) return describes(properties[step], rest);
  const additional = node['additionalProperties'];
  if (!properties && additional === undefined) return node['type'] === undefined || node['type'] === 'object';
  return additional === undefined ? false : describes(additional, rest);
}
