import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AcceptedAudienceCall, AudienceDryRun, ExecutionAccepted, type AudienceCall, type Problem } from '@postrider/contracts';
import { eventually } from '@postrider/testing';
import { AudienceCallController } from '../src/audiences/audience-call.controller.js';
import { SANDBOX, aCall, anAudience } from './builders.js';
import { Peer } from './peer.js';
import { RunningService } from './running-service.js';

jest.setTimeout(60_000);

const AUDIENCE = '/im/executions/audience';
const SECRET = { 'x-sandbox-name': 'dev' };

let service: RunningService;
let resolver: Peer;

beforeAll(async () => {
  [service, resolver] = await Promise.all([RunningService.prepare(), Peer.start()]);
  await service.start({ AUDIENCE_RESOLVER_URL: resolver.url });
});

afterAll(async () => {
  await service.drop();
  resolver.stop();
});

const post = <Body = Problem>(call: unknown, query = '', headers: Record<string, string> = {}) => service.call<Body>('POST', `${AUDIENCE}${query}`, call, headers);

async function refusal(call: unknown, headers: Record<string, string> = {}): Promise<string> {
  const { status, headers: got, body } = await post(call, '', headers);
  expect(got.get('content-type')).toContain('application/problem+json');
  return `${status} ${body.code}`;
}

const stored = async (campaignId: string): Promise<number> =>
  Number((await service.postgres.query<{ count: string }>('SELECT count(*) FROM ingest.executions WHERE campaign_id = $1', [campaignId])).rows[0]?.count);

const accepted = (executionId: string): Promise<ExecutionAccepted> =>
  eventually(() => {
    const found = service.published<ExecutionAccepted>(ExecutionAccepted, executionId);
    expect(found).toHaveLength(1);
    return ExecutionAccepted.payload.parse(found[0]);
  });

/** What the dispatcher may read. */
async function contextOf(executionId: string): Promise<unknown> {
  const { rows } = await service.postgres.query<{ context: unknown }>('SELECT context FROM ingest.shared_context WHERE execution_id = $1', [executionId]);
  return rows[0]?.context;
}

describe(`${AudienceCallController.name}: a call`, () => {
  it('is answered with 202, and the bulk lane has it with the audience of its campaign and no recipients', async () => {
    const { campaign, version, audience } = await service.marketing();

    const { status, body } = await post<AcceptedAudienceCall>({ campaignId: campaign.id });

    expect(status).toBe(202);
    expect(AcceptedAudienceCall.strict().parse(body)).toMatchObject({ executionId: expect.stringMatching(/^CMA-/), requestId: expect.stringMatching(/.+/), createdBy: service.key.id });
    expect(await accepted(body.executionId)).toMatchObject({
      lane: 'bulk', campaignId: campaign.id, campaignVersionId: version.id, requestId: body.requestId, acceptedAt: body.createdAt, recipients: [],
      audience: { audienceId: audience.id, identityType: 'email', sharedContext: false },
    });
    expect(await contextOf(body.executionId)).toBeUndefined();
  });

  it('may name another audience, a context for all and when it expires', async () => {
    const { campaign } = await service.marketing();
    const other = anAudience();
    await service.configure(other);
    const expiresAt = new Date(Date.now() + 60_000).toISOString();

    const { body } = await post<AcceptedAudienceCall>({ campaignId: campaign.id, audience: { id: other.id }, context: { order: 7, more: { deep: [1] } }, expiresAt });

    expect(await accepted(body.executionId)).toMatchObject({ expiresAt, audience: { audienceId: other.id, sharedContext: true } });
    expect(await contextOf(body.executionId)).toEqual({ order: 7, more: { deep: [1] } });
  });

  it('expires after the lifetime of the campaign version by default', async () => {
    const { campaign } = await service.marketing({}, { messageLifetimeSeconds: 60 });

    const { body } = await post<AcceptedAudienceCall>({ campaignId: campaign.id });

    const { acceptedAt, expiresAt } = await accepted(body.executionId);
    expect(Date.parse(expiresAt) - Date.parse(acceptedAt)).toBe(60_000);
  });

  it('is another execution each time without a requestId, and the first one again with it', async () => {
    const { campaign } = await service.marketing();
    const call: AudienceCall = { campaignId: campaign.id, requestId: 'spring', context: { order: 1 } };

    const nameless = await Promise.all([1, 2].map(() => post<AcceptedAudienceCall>({ campaignId: campaign.id })));
    const named = await Promise.all(Array.from({ length: 20 }, () => post(call)));
    const other = await post({ ...call, context: { order: 2 } });

    expect(new Set(nameless.map(({ body }) => body.executionId)).size).toBe(2);
    expect(new Set(named.map(({ text }) => text)).size).toBe(1);
    expect(named.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(19);
    expect([other.status, other.body.code]).toEqual([409, 'REQUEST_ID_REUSED']);
    expect(await stored(campaign.id)).toBe(3);
  });

  it('is answered as before when its campaign was stopped since', async () => {
    const { campaign } = await service.marketing();
    const call = { campaignId: campaign.id, requestId: 'once' };
    const first = await post(call);
    await service.configure({ ...campaign, status: 'Stopped' });

    const again = await post(call);

    expect([again.status, again.text]).toEqual([202, first.text]);
    expect(await refusal({ ...call, requestId: 'twice' })).toBe('409 CAMPAIGN_STOPPED');
  });
});

describe(`${AudienceCallController.name}: a refusal`, () => {
  const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

  it.each<[unknown, string]>([
    [{ campaignId: 4 }, '/campaignId'], [{}, '/campaignId'], [{ campaignId: 'c', recipients: [] }, '/recipients'], [{ campaignId: 'c', requestId: '' }, '/requestId'],
    [{ campaignId: 'c', audience: {} }, '/audience/id'], [{ campaignId: 'c', context: [] }, '/context'],
    [{ campaignId: 'c', schedule: { executeAt: 'soon' } }, '/schedule/executeAt'], [{ campaignId: 'c', expiresAt: '2026-13-01T00:00:00Z' }, '/expiresAt'],
    [{ campaignId: 'c', context: { text: 'a\u0000' } }, '/context/text'],
  ])('of %j names the field', async (call, path) => {
    const { status, body } = await post(call);

    expect([status, body.code]).toEqual([400, 'INVALID_BODY']);
    expect(body.errors?.map((one) => one.path)).toEqual([path]);
  });

  it('of a campaign says what a caller can do about it, and names the right endpoint in both directions', async () => {
    const [draft, early, late, marketing, transactional, high] = await Promise.all([
      service.marketing({ status: 'Draft', liveVersionId: null }), service.marketing({ status: 'Scheduled', startAt: inMinutes(60) }),
      service.marketing({ endAt: inMinutes(-1) }), service.marketing(), service.campaign(), service.campaign({ throughput: 'high' }),
    ]);

    expect(await refusal({ campaignId: randomUUID() })).toBe('404 CAMPAIGN_NOT_FOUND');
    expect(await refusal({ campaignId: marketing.campaign.id }, SECRET)).toBe('404 CAMPAIGN_NOT_FOUND');
    expect(await refusal({ campaignId: draft.campaign.id })).toBe('409 CAMPAIGN_NOT_LIVE');
    expect(await refusal({ campaignId: early.campaign.id })).toBe('409 CAMPAIGN_NOT_STARTED');
    expect(await refusal({ campaignId: late.campaign.id })).toBe('409 CAMPAIGN_ENDED');
    const mismatches = await Promise.all([
      post({ campaignId: transactional.campaign.id }), post({ campaignId: high.campaign.id }),
      service.call<Problem>('POST', '/im/executions/unitary', aCall(marketing.campaign.id)), service.call<Problem>('POST', '/im/executions/highthroughput', aCall(marketing.campaign.id)),
    ]);
    expect(mismatches.map(({ status, body }) => `${status} ${body.code} ${body.report.additionalContext['endpoint']}`)).toEqual([
      '409 CAMPAIGN_TYPE_MISMATCH POST /im/executions/unitary', '409 CAMPAIGN_TYPE_MISMATCH POST /im/executions/highthroughput',
      '409 CAMPAIGN_TYPE_MISMATCH POST /im/executions/audience', '409 CAMPAIGN_TYPE_MISMATCH POST /im/executions/audience',
    ]);
  });

  it('of an audience: none, unknown, of another tenant, or a draft', async () => {
    const { campaign } = await service.marketing();
    const none = await service.marketing({}, { audienceId: null });
    const [foreign, draft] = [anAudience({ tenantId: 'acme/dev' }), anAudience({ source: 'composition', published: false })];
    await service.configure(foreign, draft);
    const to = (id: string): unknown => ({ campaignId: campaign.id, audience: { id } });

    expect(await refusal({ campaignId: none.campaign.id })).toBe('404 AUDIENCE_NOT_FOUND');
    expect(await refusal(to(randomUUID()))).toBe('404 AUDIENCE_NOT_FOUND');
    expect(await refusal(to(foreign.id))).toBe('404 AUDIENCE_NOT_FOUND');
    expect(await refusal(to(draft.id))).toBe('409 AUDIENCE_NOT_PUBLISHED');
  });

  it('under a shield is of compositions alone, with the code of the shield', async () => {
    const { campaign } = await service.marketing();
    const composed = anAudience({ source: 'composition' });
    await service.configure(composed);
    const call = { campaignId: campaign.id, audience: { id: composed.id } };

    const free = (await post(call)).status;
    await service.configure({ ...SANDBOX, shields: ['healthcare'] });
    const healthcare = await refusal(call);
    await service.configure({ ...SANDBOX, shields: ['privacy-and-security'] });
    const privacy = await refusal(call);
    const segment = (await post({ campaignId: campaign.id })).status;
    await service.configure(SANDBOX);

    expect([free, healthcare, privacy, segment]).toEqual([202, '422 HEALTHCARE_SHIELD', '422 PRIVACY_SECURITY_SHIELD', 202]);
  });

  it('of a context: reserved, too large, or not as its schema says; and of a time that has passed', async () => {
    const { campaign } = await service.marketing();
    const withContext = (context: unknown): unknown => ({ campaignId: campaign.id, context });

    expect(await refusal(withContext({ system: {} }))).toBe('400 RESERVED_CONTEXT');
    expect(await refusal(withContext({ text: 'å'.repeat(102_400) }))).toBe('413 CONTEXT_TOO_LARGE');
    expect(await refusal(withContext({ order: [] }))).toBe('422 CONTEXT_INVALID');
    expect((await post(withContext({ order: [] }))).body.errors?.[0]?.path).toBe('/context/order');
    expect(await refusal({ campaignId: campaign.id, expiresAt: inMinutes(-1) })).toBe('422 EXPIRED');
    expect(await stored(campaign.id)).toBe(0);
  });
});

describe(`${AudienceCallController.name}: a dry run`, () => {
  const member = (userId: string, address: string | null, attributes: object) => ({ profileId: randomUUID(), userId, address, attributes });

  it('answers the decision, the counts and what the first would get, and leaves nothing behind', async () => {
    const { campaign, audience } = await service.marketing();
    const recipients = [member('ada@shop.test', 'ada@shop.test', { firstName: '<Ada>' }), member('bob', null, {}), member('cy', 'nonsense', {})];
    resolver.answer('POST /internal/runs/preview', { targeted: 12, missingIdentity: 2, recipients });

    const { status, body } = await post<AudienceDryRun>({ campaignId: campaign.id, requestId: 'try', context: { order: 7 } }, '?dryRun=true');

    expect(status).toBe(200);
    expect(AudienceDryRun.parse(body)).toMatchObject({ dryRun: true, campaignId: campaign.id, audienceId: audience.id, targetedProfileCount: 12, excluded: { MISSING_IDENTITY: 2 } });
    expect(body.recipients).toMatchObject([
      { index: 0, userId: 'ada@shop.test', result: 'accepted', messageId: expect.any(String), sample: { subject: 'Order 7', html: '<p>Hello &lt;Ada&gt;</p>' } },
      { index: 1, result: 'rejected', messageId: null, error: { code: 'NO_ADDRESS' } },
      { index: 2, result: 'rejected', error: { code: 'MALFORMED_ADDRESS' } },
    ]);
    expect(resolver.asked.at(-1)?.body).toEqual({ tenantId: SANDBOX.id, audienceId: audience.id, identityType: 'email', limit: 20 });
    expect(await stored(campaign.id)).toBe(0);
  });

  it('is refused as the call would be, also where its requestId is used up', async () => {
    const { campaign } = await service.marketing();
    await post({ campaignId: campaign.id, requestId: 'used' });

    const other = await post({ campaignId: campaign.id, requestId: 'used', context: {} }, '?dryRun=true');
    const invalid = await post({ campaignId: campaign.id, context: { order: [] } }, '?dryRun=true');

    expect([other.body.code, invalid.body.code]).toEqual(['REQUEST_ID_REUSED', 'CONTEXT_INVALID']);
  });

  it('says that the audience cannot be looked at while the resolver is away', async () => {
    const { campaign } = await service.marketing();
    resolver.answer('POST /internal/runs/preview', {}, 503);

    const { status, body } = await post({ campaignId: campaign.id }, '?dryRun=true');

    expect([status, body.code]).toEqual([503, 'UNAVAILABLE']);
  });
});
