import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SmtpSink, eventually } from '@postrider/testing';
import { recipientOf } from './harness/executions.js';
import { admin, credentials, ingest, type Problem } from './harness/http.js';
import { aCampaign, anAddress } from './harness/setup.js';

const UNITARY = '/im/executions/unitary';
const HOUR = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR).toISOString();

describe('every refusal of the unitary call', () => {
  let sink: SmtpSink;
  let live: string;
  let calls = 0;

  beforeAll(async () => {
    sink = await SmtpSink.start();
    live = await aCampaign({ smtpPort: sink.port, unknownProfiles: 'send' });
  });

  afterAll(() => sink.stop());

  const body = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
    requestId: `refusal-${(calls += 1)}`, campaignId: live, recipients: [recipientOf(anAddress())], ...more,
  });

  /** What the call answered; that nothing was sent is checked at the end. */
  async function refusal(call: unknown, headers?: Record<string, string>): Promise<[number, string]> {
    const answer = await ingest.post<Problem>(UNITARY, call, headers);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(JSON.stringify(answer.body)).not.toMatch(/at .*\.js/);
    return [answer.status, answer.body.code];
  }

  it.each([
    ['broken JSON', '{"requestId":', 400, 'INVALID_BODY'],
    ['no body of ours', { hello: 'world' }, 400, 'INVALID_BODY'],
  ])('400 for %s', async (_what, call, status, code) => {
    expect(await refusal(call)).toEqual([status, code]);
  });

  it('400 TOO_MANY_RECIPIENTS for the twenty-first', async () => {
    expect(await refusal(body({ recipients: Array.from({ length: 21 }, () => recipientOf(anAddress())) }))).toEqual([400, 'TOO_MANY_RECIPIENTS']);
  });

  it('400 NO_RECIPIENTS', async () => {
    expect(await refusal(body({ recipients: [] }))).toEqual([400, 'NO_RECIPIENTS']);
  });

  it('400 DUPLICATE_RECIPIENT, both places named', async () => {
    const answer = await ingest.post<Problem>(UNITARY, body({ recipients: [recipientOf('Twin@shop.test'), recipientOf(anAddress()), recipientOf(' twin@shop.test')] }));

    expect([answer.status, answer.body.code]).toEqual([400, 'DUPLICATE_RECIPIENT']);
    expect(JSON.stringify(answer.body.errors)).toMatch(/0.*2|2.*0/);
  });

  it('400 RESERVED_CONTEXT for context.system', async () => {
    expect(await refusal(body({ recipients: [recipientOf(anAddress(), { order: 1, system: {} })] }))).toEqual([400, 'RESERVED_CONTEXT']);
  });

  it('401 UNAUTHENTICATED for a wrong token and for none', async () => {
    expect(await refusal(body(), { authorization: 'Bearer wrong' })).toEqual([401, 'UNAUTHENTICATED']);
    expect(await refusal(body(), { authorization: '' })).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('403 FORBIDDEN_SANDBOX and FORBIDDEN_SCOPE', async () => {
    const reader = await admin<{ apiKey: string; token: string }>('POST', '/api-keys', { name: `reader ${Date.now()}`, sandboxes: ['prod'], scopes: ['read'] });

    expect(await refusal(body(), { 'x-sandbox-name': 'elsewhere' })).toEqual([403, 'FORBIDDEN_SANDBOX']);
    expect(await refusal(body(), { ...credentials(), 'x-api-key': reader.apiKey, authorization: `Bearer ${reader.token}` })).toEqual([403, 'FORBIDDEN_SCOPE']);
  });

  it('404 CAMPAIGN_NOT_FOUND', async () => {
    expect(await refusal(body({ campaignId: '00000000-0000-4000-8000-000000000000' }))).toEqual([404, 'CAMPAIGN_NOT_FOUND']);
  });

  it('409 for a campaign that is a draft, not started, ended or stopped', async () => {
    const draft = await aCampaign({ smtpPort: sink.port, activate: false });
    const later = await aCampaign({ smtpPort: sink.port, startAt: inHours(1) });
    const stopped = await aCampaign({ smtpPort: sink.port });
    await admin('POST', `/campaigns/${stopped}/stop`);
    await eventually(async () => {
      const { body: answer } = await ingest.post<Problem>(`${UNITARY}?dryRun=true`, body({ campaignId: stopped }));
      if (answer.code !== 'CAMPAIGN_STOPPED') throw new Error('the stop is on its way');
    }, { intervalMs: 10 });

    const codes = await Promise.all([draft, later, stopped].map(async (campaignId) => (await refusal(body({ campaignId })))[1]));

    expect(codes).toEqual(['CAMPAIGN_NOT_LIVE', 'CAMPAIGN_NOT_STARTED', 'CAMPAIGN_STOPPED']);
  });

  it('409 CAMPAIGN_ENDED once the end has passed', async () => {
    const ending = await aCampaign({ smtpPort: sink.port, endAt: new Date(Date.now() + 1_500).toISOString() });
    let last: [number, string] = [0, ''];
    const deadline = Date.now() + 20_000;
    while (last[1] !== 'CAMPAIGN_ENDED' && Date.now() < deadline) {
      const answer = await ingest.post<Problem>(`${UNITARY}?dryRun=true`, body({ campaignId: ending }));
      last = [answer.status, answer.body.code];
    }

    expect(last).toEqual([409, 'CAMPAIGN_ENDED']);
  });

  it('409 CAMPAIGN_TYPE_MISMATCH, the right endpoint named', async () => {
    const fast = await aCampaign({ smtpPort: sink.port, throughput: 'high' });

    const answer = await ingest.post<Problem>(UNITARY, body({ campaignId: fast }));

    expect([answer.status, answer.body.code]).toEqual([409, 'CAMPAIGN_TYPE_MISMATCH']);
    expect(answer.body.detail).toContain('highthroughput');
  });

  it('413 BODY_TOO_LARGE and CONTEXT_TOO_LARGE', async () => {
    expect(await refusal(body({ recipients: [recipientOf(anAddress(), { order: 'x'.repeat(1_100_000) })] }))).toEqual([413, 'BODY_TOO_LARGE']);
    expect(await refusal(body({ recipients: [recipientOf(anAddress(), { order: 'ö'.repeat(103_000) })] }))).toEqual([413, 'CONTEXT_TOO_LARGE']);
  });

  it('422 UNKNOWN_PROFILE, each named', async () => {
    const campaignId = await aCampaign({ smtpPort: sink.port, unknownProfiles: 'refuse' });
    const users = [anAddress(), anAddress()];

    const answer = await ingest.post<Problem>(UNITARY, body({ campaignId, recipients: users.map((user) => recipientOf(user)) }));

    expect([answer.status, answer.body.code]).toEqual([422, 'UNKNOWN_PROFILE']);
    expect(answer.body.errors?.map((fault) => fault.userId)).toEqual(users);
  });

  it('422 NAMESPACE_MISMATCH', async () => {
    expect(await refusal(body({ recipients: [{ ...recipientOf(anAddress()), namespace: 'phone' }] }))).toEqual([422, 'NAMESPACE_MISMATCH']);
  });

  it.each([['empty', ''], ['too long', `${'x'.repeat(513)}@shop.test`], ['with a control character', 'a\u0007@shop.test']])('422 INVALID_IDENTITY when it is %s', async (_what, userId) => {
    expect(await refusal(body({ recipients: [recipientOf(userId)] }))).toEqual([422, 'INVALID_IDENTITY']);
  });

  it('422 MALFORMED_ADDRESS and NO_ADDRESS', async () => {
    const symbol = `crm${Date.now()}`;
    await admin('POST', '/namespaces', { name: symbol, symbol, type: 'Cross-device' });
    const byNumber = await aCampaign({ smtpPort: sink.port, identityType: symbol, unknownProfiles: 'send' });

    expect(await refusal(body({ recipients: [{ ...recipientOf(anAddress()), channelData: { emailAddress: 'not an address' } }] }))).toEqual([422, 'MALFORMED_ADDRESS']);
    expect(await refusal(body({ campaignId: byNumber, recipients: [{ ...recipientOf('customer-1'), namespace: symbol }] }))).toEqual([422, 'NO_ADDRESS']);
  });

  it('422 CONTEXT_INVALID with a path for each fault', async () => {
    const contextSchema = { type: 'object', required: ['order', 'city'], properties: { order: { type: 'integer' }, city: { type: 'string' } } };
    const campaignId = await aCampaign({ smtpPort: sink.port, contextSchema });

    const answer = await ingest.post<Problem>(UNITARY, body({ campaignId, recipients: [recipientOf(anAddress(), { order: 'four' })] }));

    expect([answer.status, answer.body.code]).toEqual([422, 'CONTEXT_INVALID']);
    expect(answer.body.errors?.length).toBe(2);
    expect(answer.body.errors?.every((fault) => fault.path.startsWith('/recipients/0/context'))).toBe(true);
  });

  it('422 EXPIRED', async () => {
    expect(await refusal(body({ expiresAt: inHours(-1) }))).toEqual([422, 'EXPIRED']);
  });

  it('429 RATE_LIMITED with when to come back', async () => {
    const slow = await admin<{ apiKey: string; token: string }>('POST', '/api-keys', { name: `slow ${Date.now()}`, sandboxes: ['prod'], scopes: ['execute'], ratePerSecond: 1 });
    const headers = { 'x-api-key': slow.apiKey, authorization: `Bearer ${slow.token}` };

    const answers = await Promise.all(Array.from({ length: 20 }, () => ingest.post<Problem>(`${UNITARY}?dryRun=true`, body(), headers)));

    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.body.code).toBe('RATE_LIMITED');
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('sent nothing of all that', () => {
    expect(sink.mails()).toEqual([]);
  });
});
