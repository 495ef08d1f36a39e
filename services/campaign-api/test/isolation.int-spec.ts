import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AnyOperation } from '../src/edge/operation.js';
import { OPERATIONS } from '../src/operations.js';
import { aCampaign, aChannelConfiguration, aStoredAudience, aStoredCampaign, type AdminClient, type Refusal } from './admin-client.js';
import { FakePeer } from './fake-peer.js';
import { ACME, GLOBEX, RunningApi } from './running-api.js';
import { seedExecutions } from './seeded-executions.js';

const MISSING = '0198f5a2-0000-7000-8000-00000000dead';
const SECRET_MARK = 'globex-private';

/** For each kind of thing, an id of it that belongs to the other organization. */
type Foreign = Record<'campaigns' | 'audiences' | 'channel-configurations' | 'feedback-webhooks' | 'profiles' | 'executions' | 'namespaces' | 'api-keys', string>;

const BODIES: Readonly<Record<string, unknown>> = {
  editAudience: { name: 'taken over' },
  editCampaign: { name: 'taken over' },
  editChannelConfiguration: { name: 'taken over' },
  editFeedbackWebhook: { name: 'taken over' },
  editNamespace: { name: 'taken over' },
  previewCampaign: {},
};

const onOneThing = OPERATIONS.filter(({ path }) => path.includes(':'));
const lists = OPERATIONS.filter(({ path, method }) => method === 'GET' && !path.includes(':'));

describe('tenants', () => {
  let api: RunningApi;
  let acme: AdminClient;
  let globex: AdminClient;
  let foreign: Foreign;
  let profileCreator: FakePeer;

  beforeAll(async () => {
    api = await RunningApi.prepare();
    // Like the service it stands for, it finds nothing for a tenant that has nothing.
    profileCreator = await FakePeer.start(({ method }) =>
      method === 'GET' && profileCreator.calls.at(-1)?.path === '/internal/profiles' ? { status: 200, body: { items: [] } } : { status: 404, body: FakePeer.problem(404, 'NOT_FOUND') },
    );
    const app = await api.start({ PROFILE_CREATOR_URL: profileCreator.url, WEBHOOK_NOTIFIER_URL: profileCreator.url, AUDIENCE_RESOLVER_URL: profileCreator.url });
    globex = await api.establish(app, GLOBEX);
    acme = api.as(ACME);
    const executionId = await seedExecutions(api, 'globex/prod');
    const channel = await globex.post<{ id: string }>('/channel-configurations', aChannelConfiguration({ name: SECRET_MARK }));
    const webhook = await globex.post<{ id: string }>('/feedback-webhooks', { name: SECRET_MARK, url: 'https://globex.test/' });
    const namespace = await globex.post<{ symbol: string }>('/namespaces', { name: SECRET_MARK, symbol: 'GlobexOnly', type: 'Device' });
    foreign = {
      campaigns: (await aStoredCampaign(globex, { name: SECRET_MARK })).id,
      audiences: await aStoredAudience(globex, { name: SECRET_MARK }),
      'channel-configurations': channel.body.id,
      'feedback-webhooks': webhook.body.id,
      profiles: MISSING,
      executions: executionId,
      namespaces: namespace.body.symbol,
      'api-keys': GLOBEX.apiKey,
    };
  }, 60_000);

  afterAll(async () => {
    await api.drop();
    await profileCreator.stop();
  });

  const pathTo = ({ path }: AnyOperation, id: string): string => `/${path.replace(/:(?:id|executionId|symbol|apiKey)/, id).replace(':version', '1').replace(':uploadId', MISSING)}`;
  const kindOf = ({ path }: AnyOperation): keyof Foreign => path.split('/')[0] as keyof Foreign;

  const tryIt = (client: AdminClient, operation: AnyOperation, id: string): Promise<{ status: number; body: unknown }> =>
    client.call<Refusal>(operation.method, pathTo(operation, id), BODIES[operation.id], operation.conditional ? { 'if-match': '*' } : {});

  it.each(onOneThing.map((operation) => [operation.id, operation] as const))('of another organization look like missing ones: %s', async (_id, operation) => {
    const missing = kindOf(operation) === 'executions' ? 'UMA-00000000-0000-5000-8000-000000000000' : MISSING;

    const others = await tryIt(acme, operation, foreign[kindOf(operation)]);
    const none = await tryIt(acme, operation, missing);

    expect(others.status).toBe(404);
    expect(withoutRequestId(others.body)).toEqual(withoutRequestId(none.body));
    expect((others.body as Refusal).detail).not.toMatch(/^Cannot /);
  });

  it.each(lists.map((operation) => [operation.id, operation] as const))('do not appear in the lists of others: %s', async (id, { path }) => {
    const query = id === 'findProfiles' ? '?namespace=email&value=ada@globex.test' : '';

    const { status, body } = await acme.get(`/${path}${query}`);

    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toMatch(/globex/i);
  });

  it('were not changed by anything that others tried', async () => {
    const campaign = await globex.get(`/campaigns/${foreign.campaigns}`);
    const namespace = await globex.get(`/namespaces/${foreign.namespaces}`);

    expect(campaign.body).toMatchObject({ name: SECRET_MARK, status: 'Draft' });
    expect(namespace.body).toMatchObject({ name: SECRET_MARK });
    expect((await globex.get(`/channel-configurations/${foreign['channel-configurations']}`)).body).toMatchObject({ name: SECRET_MARK });
    expect((await globex.get(`/feedback-webhooks/${foreign['feedback-webhooks']}`)).body).toMatchObject({ name: SECRET_MARK });
    expect(await api.sql('SELECT name, published FROM campaigns.audiences WHERE id = $1', [foreign.audiences])).toEqual([{ name: SECRET_MARK, published: true }]);
    expect((await globex.get('/campaigns')).status).toBe(200);
  });

  it('cannot send by the channel configuration or the namespace of another', async () => {
    const campaign = await acme.post<{ id: string }>('/campaigns', aCampaign(foreign['channel-configurations'], { audience: { identityType: foreign.namespaces } }));

    const { body } = await acme.post<{ errors: { path: string }[] }>(`/campaigns/${campaign.body.id}/validate`);

    expect(body.errors.map(({ path }) => path)).toEqual(['/channelConfigurationId', '/audience/identityType']);
  });

  it('are named to the services that calls are forwarded to by the credentials alone', async () => {
    await acme.post('/profiles', { identities: [{ namespace: 'email', value: 'a@b.test' }], tenantId: 'globex/prod' });
    await acme.get('/profiles?namespace=email&value=a@b.test&tenantId=globex/prod');

    const said = profileCreator.calls.map(({ query, body }) => query['tenantId'] ?? (body as { tenantId?: string } | undefined)?.tenantId);
    expect(new Set(said)).toEqual(new Set(['acme/prod']));
  });

  it.each([
    ['without credentials', { authorization: '' }],
    ['with the key of another organization', { 'x-api-key': GLOBEX.apiKey }],
    ['in the name of another organization', { 'x-gw-ims-org-id': 'globex' }],
  ])('are closed to callers %s, on every route', async (_case, headers) => {
    const statuses = await Promise.all(
      OPERATIONS.map((operation) => acme.call(operation.method, pathTo(operation, MISSING), undefined, headers).then(({ status }) => status)),
    );

    expect(new Set(statuses)).toEqual(new Set([401]));
  });

  it('never make a route fail, whatever stands in the place of an id', async () => {
    const strange = ['%00', "1'--", '../../x', 'a'.repeat(3_000), '%F0%9F%92%A5', '-1', 'null', '%E0%A4%A'];

    const statuses = await Promise.all(onOneThing.flatMap((operation) => strange.map((id) => tryIt(acme, operation, id).then(({ status }) => status))));

    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(statuses.filter((status) => status < 400)).toEqual([]);
  });
});

function withoutRequestId(body: unknown): unknown {
  return { ...(body as object), requestId: undefined };
}
