import { ALL_MESSAGES } from '../all-messages.js';
import { asyncApiDocument } from './async-api.js';
import { jsonSchemaOf, schemaFileOf } from './json-schema.js';

export const ASYNC_API_FILE = 'asyncapi.json';

/** Every generated file below `libs/contracts`, by its path. */
export function documents(): ReadonlyMap<string, string> {
  const schemas = ALL_MESSAGES.map((contract) => [schemaFileOf(contract), textOf(jsonSchemaOf(contract))] as const);
  return new Map([...schemas, [ASYNC_API_FILE, textOf(asyncApiDocument())]]);
}

const textOf = (document: object): string => `${JSON.stringify(document, undefined, 2)}\n`;
