import { createHmac } from 'node:crypto';
import Fastify from 'fastify';
import { Pool } from 'undici';
import { contextB } from '../load/message-b.js';
import { repeat, type Probe } from './probe.js';

const IN_FLIGHT = 32;

const schema = {
  type: 'object',
  required: ['requestId', 'campaignId', 'recipients'],
  properties: {
    requestId: { type: 'string' },
    campaignId: { type: 'string' },
    recipients: {
      type: 'array', minItems: 1, maxItems: 20,
      items: { type: 'object', required: ['userId', 'namespace'], properties: { userId: { type: 'string' }, namespace: { type: 'string' }, context: { type: 'object' } } },
    },
  },
} as const;

async function post(path: string, payload: (i: number) => { body: string; headers?: Record<string, string> }): Promise<number> {
  const server = Fastify();
  server.post('/call', { schema: { body: schema } }, async (_request, reply) => reply.status(202).send({ accepted: true }));
  server.post('/hook', async (_request, reply) => reply.status(204).send());
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const pool = new Pool(url, { connections: IN_FLIGHT });
  const one = async (i: number): Promise<void> => {
    const { body, headers } = payload(i);
    const answer = await pool.request({ method: 'POST', path, body, headers: { 'content-type': 'application/json', ...headers } });
    await answer.body.dump();
  };
  const operations = await repeat(async () => {
    await Promise.all(Array.from({ length: IN_FLIGHT }, (_, i) => one(i)));
    return IN_FLIGHT;
  });
  await pool.close();
  await server.close();
  return operations;
}

/** A bare Fastify POST of a call of load B with a compiled schema. Client and server share the process. */
export const F1: Probe = () => {
  const recipients = Array.from({ length: 20 }, (_, i) => ({ type: 'external', userId: `user${i}@bench.test`, namespace: 'email', context: contextB(i) }));
  const body = JSON.stringify({ requestId: 'probe', campaignId: 'probe', recipients });
  return post('/call', () => ({ body }));
};

/** A keep-alive POST of 1 KB with an HMAC. Client and server share the process. */
export const F7: Probe = () => {
  const body = JSON.stringify({ text: 'x'.repeat(1_000) });
  return post('/hook', (i) => ({ body, headers: { 'webhook-signature': createHmac('sha256', 'secret').update(`${i}.${body}`).digest('base64') } }));
};
