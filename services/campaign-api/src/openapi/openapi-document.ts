import { z } from 'zod';
import { Problem } from '@postrider/contracts';
import type { AnyOperation } from '../edge/operation.js';

type Json = Record<string, unknown>;

/** Schemas that have a name, gathered while operations are described. */
type Components = Map<string, unknown>;

const STREAMED = {
  'application/x-ndjson': 'One value of this schema a line.',
  'text/csv': 'RFC 4180, in UTF-8, with a header line.',
};

const CREDENTIALS = { token: [], apiKey: [], organization: [], sandbox: [] };

const SECURITY_SCHEMES = {
  token: { type: 'http', scheme: 'bearer', description: "The key's token, or a JWT of a configured issuer." },
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
  organization: { type: 'apiKey', in: 'header', name: 'x-gw-ims-org-id' },
  sandbox: { type: 'apiKey', in: 'header', name: 'x-sandbox-name' },
};

/** The OpenAPI 3.1 document of these operations: all that it says comes from what answers the calls. */
export function openApiDocument(operations: readonly AnyOperation[]): Json {
  const components: Components = new Map();
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = `/api/v1/${operation.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation, components) };
  }
  const problem = schemaOf(Problem.meta({ id: 'Problem' }), 'output', components);
  components.set('Problem', components.get('Problem') ?? problem);
  return {
    openapi: '3.1.0',
    info: { title: 'Postrider administration API', version: '1', description: 'Lists answer {items, nextCursor}; edits need If-Match; errors are application/problem+json.' },
    security: [CREDENTIALS],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { securitySchemes: SECURITY_SCHEMES, schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

function describe(operation: AnyOperation, components: Components): Json {
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    description: `Needs the scope ${operation.scope === 'read' ? '`read` or `admin`' : '`admin`'}.`,
    parameters: parametersOf(operation, components),
    ...(operation.body && { requestBody: requestBodyOf(operation, operation.body, components) }),
    responses: responsesOf(operation, components),
  };
}

function parametersOf(operation: AnyOperation, components: Components): Json[] {
  const inPath = [...operation.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name, in: 'path', required: true, schema: { type: 'string', ...(name === 'id' && { format: 'uuid' }) },
  }));
  const inQuery = Object.entries(operation.query?.shape ?? {}).map(([name, schema]) => {
    const described = schemaOf(schema as z.ZodType, 'input', components);
    return { name, in: 'query', required: !(schema as z.ZodType).safeParse(undefined).success, schema: described };
  });
  const conditional = { name: 'if-match', in: 'header', required: true, description: 'The ETag that the resource was read with.', schema: { type: 'string' } };
  return [...inPath, ...inQuery, ...(operation.conditional ? [conditional] : [])];
}

function requestBodyOf({ streams }: AnyOperation, body: z.ZodType, components: Components): Json {
  const schema = schemaOf(body, 'input', components);
  return { required: true, content: { [streams ?? 'application/json']: { schema } }, ...(streams && { description: STREAMED[streams] }) };
}

function responsesOf(operation: AnyOperation, components: Components): Json {
  const content = contentOf(operation, components);
  const success = [operation.status, ...(operation.alsoAnswers ?? [])].map((status) => [status, { description: 'Success', ...content }] as const);
  const failure = { description: 'Refused', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
  return { ...Object.fromEntries(success), default: failure };
}

function contentOf({ answer, answersText }: AnyOperation, components: Components): Json | undefined {
  if (answersText) return { content: { [answersText]: { schema: { type: 'string' } } } };
  return answer && { content: { 'application/json': { schema: schemaOf(answer, 'output', components) } } };
}

/** As OpenAPI 3.1 takes it: named schemas become components. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Components): unknown {
  const text = JSON.stringify(z.toJSONSchema(schema, { io, override: ({ jsonSchema }) => simplify(jsonSchema, io) })).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $schema: _, $defs, ...rest } = JSON.parse(text) as Json;
  for (const [name, definition] of Object.entries(($defs ?? {}) as Json)) components.set(name, definition);
  return rest;
}

/** Answers may get more fields; formats say what their long patterns do; any whole number is one that JSON can carry. */
function simplify(schema: z.core.JSONSchema.BaseSchema, io: 'input' | 'output'): void {
  if (io === 'output' && schema.additionalProperties === false) delete schema.additionalProperties;
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}
