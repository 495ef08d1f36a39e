import type { z } from 'zod';
import { InvalidEvaluationInput } from '../evaluation/evaluation.errors.js';

/** @throws InvalidEvaluationInput with every fault */
export function checked<Schema extends z.ZodType>(schema: Schema, input: unknown, code: 'INVALID_BODY' | 'INVALID_QUERY'): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidEvaluationInput(code, parsed.error.issues.map(({ path, message }) => ({ path: path.map((name) => `/${String(name)}`).join(''), code, message })));
}

export const encodeCursor = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString('base64url');

/** @throws InvalidEvaluationInput for anything that `encodeCursor` did not make for such a list */
export function decodeCursor<Schema extends z.ZodType>(schema: Schema, cursor: string): z.infer<Schema> {
  const parsed = schema.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new InvalidEvaluationInput('INVALID_QUERY', [{ path: '/cursor', code: 'INVALID_QUERY', message: 'is not a nextCursor of this list' }]);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
