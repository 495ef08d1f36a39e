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
  const received = new ReceivedRecord(topic, partition, record);
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

/** What is hardly ever asked for is found out when it is. */
class ReceivedRecord implements Received {
  readonly offset: string;
  readonly #record: KafkaMessage;

  constructor(
    readonly topic: string,
    readonly partition: number,
    record: KafkaMessage,
  ) {
    this.offset = record.offset;
    this.#record = record;
  }

  get id(): string {
    return headerOf(this.#record.headers, 'ce_id') ?? `${this.topic}/${this.partition}/${this.offset}`;
  }

  get publishedAt(): Date {
    return new Date(Number(this.#record.timestamp));
  }
}

export function headerOf(headers: IHeaders | undefined, name: string): string | undefined {
  const value = headers?.[name];
  return value === undefined ? undefined : String(value);
}
