import { describe, expect, it } from '@jest/globals';
import { TokenIssuers } from '@postrider/auth';
import type { ConfigurationTable } from '@postrider/kafka';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TOKEN, anApiKey } from '../../test/builders.js';
import { CallRefused } from '../calls/calls.errors.js';
import type { Admission } from './admission.js';
import { Gate } from './gate.js';
import type { RateLimiter } from './rate-limiter.js';

const LIMITS = { ratePerSecond: 10, maxCallsInFlight: 1, maxPublisherBacklog: 1 };
const full = (): never => {
  throw new CallRefused('UNAVAILABLE', 'spec');
};

function setUp(check: (asksForMessages: boolean) => void = () => undefined) {
  const key = anApiKey();
  let counted = 0;
  const rates = { take: async () => ({ isAllowed: (counted += 1) > 0, remaining: 9, retryAfterMs: 0 }) };
  const admission = { check, admit: async (_asksForMessages: boolean, work: () => Promise<unknown>) => work() };
  const configurations = { get: (_kind: string, id: string) => (id === key.id ? key : undefined) };
  const gate = new Gate(configurations as unknown as ConfigurationTable, new TokenIssuers([]), rates as unknown as RateLimiter, admission as unknown as Admission, LIMITS);
  const headers = { authorization: `Bearer ${TOKEN}`, 'x-api-key': key.id, 'x-gw-ims-org-id': 'acme', 'x-sandbox-name': 'prod' };
  const request = (method: string, changes: Record<string, string> = {}) => ({ method, url: '/im/executions/unitary', headers: { ...headers, ...changes } }) as unknown as FastifyRequest;
  const reply = { header: () => reply } as unknown as FastifyReply;
  return { gate, request, enter: (one: FastifyRequest) => gate.enter(one, reply), counted: () => counted };
}

describe(Gate.name, () => {
  it('refuses for want of room before the call is counted, so that it does not cost the key anything', async () => {
    const { enter, request, counted } = setUp(full);

    await expect(enter(request('POST'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(counted()).toBe(0);
  });

  it('tells a stranger nothing about room', async () => {
    const { enter, request } = setUp(full);

    await expect(enter(request('POST', { authorization: 'Bearer other' }))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('asks for what messages need only where messages are asked for', async () => {
    const asked: boolean[] = [];
    const { enter, request } = setUp((asksForMessages) => void asked.push(asksForMessages));

    for (const method of ['POST', 'GET', 'DELETE']) await enter(request(method));

    expect(asked).toEqual([true, false, false]);
  });

  it('works for those who have entered, and for nobody else', async () => {
    const { gate, enter, request } = setUp();
    const entered = request('POST');
    await enter(entered);

    expect(await gate.pass(entered, async ({ tenantId }) => tenantId)).toBe('acme/prod');
    await expect(gate.pass(request('POST'), async () => 'in')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
