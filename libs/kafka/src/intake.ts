/** Bytes to payloads: what a contract's schema accepts, and what it does not. */
import type { MessageContract } from '@postrider/contracts';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { Received } from './batch.js';

/** A record on its way through the runner. */
export interface Incoming {
  record: KafkaMessage;
  received: Received;
  /** Undefined when `fault` says why it cannot be handled. */
  payload: unknown;
  fault?: string;
}

export function intake(contract: MessageContract, topic: string, partition: number, record: KafkaMessage): Incoming {
  const received: Received = {
    topic,
    partition,
    offset: record.offset,
    id: headerOf(record.headers, 'ce_id') ?? `${topic}/${partition}/${record.offset}`,
    publishedAt: new Date(Number(record.timestamp)),
  };
  if (record.value === null) return { record, received, payload: undefined, fault: 'The record has no body.' };
  try {
    const parsed = contract.payload.safeParse(JSON.parse(record.value.toString()));
    if (parsed.success) return { record, received, payload: parsed.data };
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
    return { record, received, payload: undefined, fault: faults.join('; ') };
  } catch {
    return { record, received, payload: undefined, fault: 'The body is not JSON.' };
  }
}

export function headerOf(headers: IHeaders | undefined, name: string): string | undefined {
  const value = headers?.[name];
  return value === undefined ? undefined : String(value);
}
