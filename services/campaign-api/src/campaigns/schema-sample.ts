import { JsonObject } from '@postrider/contracts';

const MAX_DEPTH = 8;

/** A value of the kind that a JSON Schema describes, to be shown to people; its own examples and defaults first. */
export function sampleOf(schema: unknown, depth = 0): unknown {
  const node = JsonObject.safeParse(schema).data;
  if (!node || depth > MAX_DEPTH) return 'text';
  for (const given of [listOf(node['examples'])[0], node['default'], node['const'], listOf(node['enum'])[0]]) {
    if (given !== undefined) return given;
  }
  return sampleOfType(node, depth);
}

function sampleOfType(node: JsonObject, depth: number): unknown {
  const type = listOf(node['type'])[0] ?? node['type'] ?? ('properties' in node ? 'object' : 'string');
  switch (type) {
    case 'object': {
      const properties = JsonObject.safeParse(node['properties']).data ?? {};
      return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, sampleOf(property, depth + 1)]));
    }
    case 'array':
      return [sampleOf(node['items'], depth + 1)];
    case 'number':
    case 'integer':
      return 1;
    case 'boolean':
      return true;
    default:
      return 'text';
  }
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
