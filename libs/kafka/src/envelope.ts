/**
 * The envelope: CloudEvents 1.0, Kafka protocol binding, binary mode. The body is the payload and nothing else.
 * The trace of an execution follows from its id (W3C Trace Context), so no hop has to carry it on.
 */
import { createHash, randomFillSync } from 'node:crypto';
import type { MessageContract, PayloadOf } from '@postrider/contracts';
import type { IHeaders, Message } from 'kafkajs';

/** A message ready to be sent; its value is bytes, so that its size is known. */
export interface OutgoingRecord extends Message {
  value: Buffer | null;
}

const UUID = /([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i;
const SPAN_BYTES = 8;

/** Records of payloads published together. */
export function toRecords<Contract extends MessageContract>(contract: Contract, payloads: readonly PayloadOf<Contract>[], source: string): OutgoingRecord[] {
  const common = { ce_type: contract.topic, ce_source: source, ce_specversion: '1.0', ce_time: new Date().toISOString(), 'content-type': 'application/json' };
  return payloads.map((payload) => ({
    key: contract.key(payload),
    value: Buffer.from(JSON.stringify(payload)),
    headers: { ce_id: contract.id(payload), ...common, ...correlationOf(payload) },
  }));
}

function correlationOf(payload: unknown): IHeaders | undefined {
  const id = (payload as { executionId?: unknown }).executionId;
  return typeof id === 'string' ? { 'correlation-id': id, traceparent: traceparentOf(id) } : undefined;
}

/** The trace id is the execution's UUID; the span is this record's own. */
export function traceparentOf(executionId: string): string {
  const trace = UUID.exec(executionId)?.slice(1).join('').toLowerCase() ?? createHash('md5').update(executionId).digest('hex');
  return `00-${trace}-${nextSpan()}-01`;
}

const entropy = Buffer.alloc(SPAN_BYTES * 512);
let entropyUsed = entropy.length;

/** Random bytes are drawn for many spans at a time: a call for each costs more than the rest of the envelope. */
function nextSpan(): string {
  if (entropyUsed === entropy.length) {
    randomFillSync(entropy);
    entropyUsed = 0;
  }
  entropyUsed += SPAN_BYTES;
  return entropy.toString('hex', entropyUsed - SPAN_BYTES, entropyUsed);
}
