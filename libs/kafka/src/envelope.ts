/**
 * The envelope: CloudEvents 1.0, Kafka protocol binding, binary mode. The body is the payload and nothing else.
 * The trace of an execution follows from its id (W3C Trace Context), so no hop has to carry it on.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { MessageContract, PayloadOf } from '@postrider/contracts';
import type { Message } from 'kafkajs';

const UUID = /([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i;
const SPAN_BYTES = 8;

export function toRecord<Contract extends MessageContract>(contract: Contract, payload: PayloadOf<Contract>, source: string): Message {
  const executionId = executionIdOf(payload);
  return {
    key: contract.key(payload),
    value: JSON.stringify(payload),
    headers: {
      ce_id: contract.id(payload),
      ce_type: contract.topic,
      ce_source: source,
      ce_specversion: '1.0',
      ce_time: new Date().toISOString(),
      'content-type': 'application/json',
      ...(executionId !== undefined && { 'correlation-id': executionId, traceparent: traceparentOf(executionId) }),
    },
  };
}

function executionIdOf(payload: unknown): string | undefined {
  const id = (payload as { executionId?: unknown }).executionId;
  return typeof id === 'string' ? id : undefined;
}

/** The trace id is the execution's UUID; the span is this record's own. */
export function traceparentOf(executionId: string): string {
  const trace = UUID.exec(executionId)?.slice(1).join('').toLowerCase() ?? createHash('md5').update(executionId).digest('hex');
  return `00-${trace}-${randomBytes(SPAN_BYTES).toString('hex')}-01`;
}
