import { request } from 'undici';

export interface Credentials {
  orgId: string;
  sandbox: string;
  apiKey: string;
  token: string;
}

export interface Answer<Body> {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Body;
}

/** What a refusal always has. */
export interface Refusal {
  code: string;
  detail: string;
  errors?: { path: string; code: string; message: string }[];
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** An administrator's way to the API. */
export class AdminClient {
  constructor(
    readonly url: string,
    readonly credentials: Credentials,
  ) {}

  async call<Body = Record<string, unknown>>(method: Method, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    const { token, apiKey, orgId, sandbox } = this.credentials;
    const answer = await request(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`, 'x-api-key': apiKey, 'x-gw-ims-org-id': orgId, 'x-sandbox-name': sandbox,
        ...(body !== undefined && { 'content-type': 'application/json' }), ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    const isJson = /json/.test(String(answer.headers['content-type']));
    return { status: answer.statusCode, headers: answer.headers, body: (text === '' ? undefined : isJson ? JSON.parse(text) : text) as Body };
  }

  get<Body = Record<string, unknown>>(path: string): Promise<Answer<Body>> {
    return this.call<Body>('GET', path);
  }

  post<Body = Record<string, unknown>>(path: string, body?: unknown): Promise<Answer<Body>> {
    return this.call<Body>('POST', path, body);
  }

  delete<Body = Record<string, unknown>>(path: string): Promise<Answer<Body>> {
    return this.call<Body>('DELETE', path);
  }

  patch<Body = Record<string, unknown>>(path: string, body: unknown, etag?: string | string[]): Promise<Answer<Body>> {
    return this.call<Body>('PATCH', path, body, etag === undefined ? {} : { 'if-match': String(etag) });
  }

  with(changes: Partial<Credentials>): AdminClient {
    return new AdminClient(this.url, { ...this.credentials, ...changes });
  }
}

type Fields = Record<string, unknown>;

export const aChannelConfiguration = (changes: Fields = {}, provider: Fields = {}): Fields => ({
  name: 'orders', channel: 'email', category: 'transactional',
  email: {
    fromAddress: 'orders@shop.test', fromName: 'Shop', replyTo: null,
    provider: { type: 'smtp', host: '127.0.0.1', port: 2525, tls: 'none', username: null, password: null, ...provider },
  },
  ...changes,
});

export const aCampaign = (channelConfigurationId: string | null, changes: Fields = {}): Fields => ({
  name: 'Order shipped', kind: 'transactional', throughput: 'standard', channel: 'email', channelConfigurationId,
  content: { subject: 'Order {{context.order}}', html: '<p>Hello {{profile.firstName}}</p>', text: 'Hello {{profile.firstName}}' },
  audience: { audienceId: null, identityType: 'email', unknownProfiles: 'refuse', enableWebhooks: true },
  schedule: { startAt: null, endAt: null, timeZone: 'UTC' }, sendRatePerSecond: null,
  unknownOutcome: 'never-twice', messageLifetimeSeconds: 86_400, contextSchema: null,
  ...changes,
});

/** Makes a channel configuration and a campaign that sends by it. */
export async function aStoredCampaign(client: AdminClient, changes: Fields = {}): Promise<{ id: string; etag: string }> {
  const configuration = await client.post<{ id: string }>('/channel-configurations', aChannelConfiguration());
  const campaign = await client.post<{ id: string }>('/campaigns', aCampaign(configuration.body.id, changes));
  if (campaign.status !== 201) throw new Error(JSON.stringify(campaign.body));
  return { id: campaign.body.id, etag: String(campaign.headers['etag']) };
}

export const aSegment = (changes: Fields = {}): Fields => ({
  name: 'Swedes', source: 'segment', rules: { combinator: 'and', rules: [{ field: 'attributes.country', operator: '=', value: 'SE' }] }, ...changes,
});

/** Makes an audience; answers its id. */
export async function aStoredAudience(client: AdminClient, changes: Fields = {}): Promise<string> {
  const { status, body } = await client.post<{ id: string }>('/audiences', aSegment(changes));
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.id;
}

/** A composition of others, to be published or not. */
export const aComposition = (parts: readonly string[], changes: Fields = {}): Fields => ({
  name: 'Mixed', source: 'composition', published: true,
  composition: { op: 'union', of: parts.map((audienceId) => ({ op: 'audience', audienceId })) }, ...changes,
});

/** Fields that make a campaign of `aCampaign` a marketing one. */
export const marketing = (audienceId: string | null, changes: Fields = {}): Fields => ({
  kind: 'marketing', audience: { audienceId, identityType: 'email' }, ...changes,
});

/** Makes a marketing channel configuration and a campaign that sends by it to an audience. */
export async function aMarketingCampaign(client: AdminClient, audienceId: string | null, changes: Fields = {}): Promise<{ id: string; etag: string }> {
  const configuration = await client.post<{ id: string }>('/channel-configurations', aChannelConfiguration({ category: 'marketing' }));
  const campaign = await client.post<{ id: string }>('/campaigns', aCampaign(configuration.body.id, marketing(audienceId, changes)));
  if (campaign.status !== 201) throw new Error(JSON.stringify(campaign.body));
  return { id: campaign.body.id, etag: String(campaign.headers['etag']) };
}
