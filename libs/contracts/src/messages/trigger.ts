import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.js';
import { Fault } from '../http/problem.js';
import { Instant, JsonObject } from '../words.js';

const TriggerKind = z.enum(['unitary', 'highthroughput', 'audience']);

/**
 * A call of the execution API over the log in place of HTTP. Producer: other systems; the broker's access control says who.
 * The body is that of the HTTP call of this kind, and so is everything that is checked. `requestId` is required for every
 * kind: repeating a record with the same one does nothing more.
 */
export const ExecutionRequested = defineMessage({
  topic: 'trigger.execution-requested.v1',
  key: (m) => requestIdOf(m.body),
  id: (m) => `${m.imsOrg}/${m.sandbox}/${String(m.body['campaignId'])}/${requestIdOf(m.body)}`,
  payload: z.object({ imsOrg: z.string(), sandbox: z.string(), kind: TriggerKind, body: JsonObject }),
  example: {
    imsOrg: 'acme',
    sandbox: 'prod',
    kind: 'unitary',
    body: {
      requestId: 'order-4711',
      campaignId: '0198f5a2-0000-7000-8000-000000000001',
      recipients: [{ type: 'aep', userId: 'ada@shop.test', namespace: 'email', context: { order: 4711 } }],
    },
  },
});
export type ExecutionRequested = PayloadOf<typeof ExecutionRequested>;

/** A request of the log that was refused: nothing of it was accepted. Producer: ingest-api. */
export const ExecutionRejected = defineMessage({
  topic: 'trigger.execution-rejected.v1',
  key: (m) => m.requestId,
  id: (m) => `${m.source.topic}/${m.source.partition}/${m.source.offset}`,
  payload: z.object({
    imsOrg: z.string(),
    sandbox: z.string(),
    kind: TriggerKind,
    /** Empty where the request has none. */
    requestId: z.string(),
    campaignId: z.string(),
    /** As the problem document that HTTP would have answered with. */
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    errors: z.array(Fault),
    source: z.object({ topic: z.string(), partition: z.int(), offset: z.string() }),
    rejectedAt: Instant,
  }),
  example: {
    imsOrg: 'acme',
    sandbox: 'prod',
    kind: 'unitary',
    requestId: 'order-4711',
    campaignId: '0198f5a2-0000-7000-8000-000000000001',
    status: 409,
    code: 'CAMPAIGN_STOPPED',
    detail: 'The campaign was stopped.',
    errors: [],
    source: { topic: 'trigger.execution-requested.v1', partition: 3, offset: '17' },
    rejectedAt: '2026-01-01T00:00:00.000Z',
  },
});
export type ExecutionRejected = PayloadOf<typeof ExecutionRejected>;

function requestIdOf(body: JsonObject): string {
  const { requestId } = body;
  return typeof requestId === 'string' ? requestId : '';
}
