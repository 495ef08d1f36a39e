import { AppError } from '@postrider/runtime';

/** The broker will never take this record: it is too large, or has no key where one is needed. Others were not harmed. */
export class RecordRefused extends AppError {
  constructor(topic: string, cause: unknown) {
    super({ code: 'RECORD_REFUSED', kind: 'bug', detail: `The broker refuses a record for ${topic}.`, context: { topic }, cause });
  }
}

const REFUSALS = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP']);

/** Whether an error of kafkajs says that the records themselves are at fault, rather than the broker or the way to it. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('type' in error && REFUSALS.has(String(error.type))) || isRefusal(error.cause);
}
