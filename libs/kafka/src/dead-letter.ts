/** Dead letters: the record's own bytes and headers, with where it came from and why it is here. */
import { AppError } from '@postrider/runtime';
import type { IHeaders } from 'kafkajs';
import type { OutgoingRecord } from './envelope.js';
import { headerOf, type Incoming } from './intake.js';
import type { MessagePublisher } from './publisher.js';

export const DLQ_HEADERS = {
  topic: 'dlq-source-topic',
  partition: 'dlq-source-partition',
  offset: 'dlq-source-offset',
  group: 'dlq-group',
  code: 'dlq-code',
  reason: 'dlq-reason',
  at: 'dlq-at',
} as const;

/** Why a record cannot be handled. */
export interface DeadLetterReason {
  code: string;
  reason: string;
}

/** A record and why it is to be one. */
export interface Letter {
  incoming: Incoming;
  why: DeadLetterReason;
}

export function reasonOf(error: unknown): DeadLetterReason {
  if (error instanceof AppError) return { code: error.code, reason: error.detail };
  return { code: 'BUG', reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
}

export function toDeadLetter(group: string, { record, received }: Incoming, why: DeadLetterReason): OutgoingRecord {
  return {
    key: record.key,
    value: record.value,
    headers: {
      ...record.headers,
      [DLQ_HEADERS.topic]: received.topic,
      [DLQ_HEADERS.partition]: String(received.partition),
      [DLQ_HEADERS.offset]: received.offset,
      [DLQ_HEADERS.group]: group,
      [DLQ_HEADERS.code]: why.code,
      [DLQ_HEADERS.reason]: why.reason,
      [DLQ_HEADERS.at]: new Date().toISOString(),
    },
  };
}

/** The record as it was before it became a dead letter: for its replay. */
export function fromDeadLetter(message: { key: Buffer | null; value: Buffer | null; headers?: IHeaders }): { topic: string; message: OutgoingRecord } | undefined {
  const topic = headerOf(message.headers, DLQ_HEADERS.topic);
  if (topic === undefined) return undefined;
  const ours = new Set<string>(Object.values(DLQ_HEADERS));
  const headers = Object.fromEntries(Object.entries(message.headers ?? {}).filter(([name]) => !ours.has(name)));
  return { topic, message: { key: message.key, value: message.value, headers } };
}

/** Where a consumer's dead letters go. */
export interface DeadLetterAddress {
  topic: string;
  group: string;
}

export async function deadLetter(publisher: MessagePublisher, to: DeadLetterAddress, letters: readonly Letter[]): Promise<void> {
  await publisher.send(to.topic, letters.map(({ incoming, why }) => toDeadLetter(to.group, incoming, why)));
}
