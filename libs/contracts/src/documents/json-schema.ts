import { z } from 'zod';
import type { MessageContract } from '../define-message.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The dialect of the schema files, and the one that AsyncAPI 3 reads without being told. */
export type Dialect = 'draft-2020-12' | 'draft-7';

/**
 * What a reader accepts, as JSON Schema. Unknown fields are allowed, so that a producer may add some.
 * The custom `$id` names the contract and not a place to fetch it from.
 */
export function jsonSchemaOf(contract: MessageContract, dialect: Dialect = 'draft-2020-12'): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(contract.payload, { io: 'input', target: dialect });
  return {
    ...(dialect === 'draft-2020-12' && { $schema, $id: `urn:postrider:${contract.topic}` }),
    title: contract.topic,
    ...schema,
    examples: [contract.example],
  };
}

/** The committed file of a contract, below `libs/contracts`. */
export function schemaFileOf(contract: MessageContract): string {
  return `schemas/${contract.topic}.json`;
}
