import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AdminClient } from './admin-client.js';
import { ACME, RunningApi } from './running-api.js';
import { prepareViews, seedExecution } from './seeded-executions.js';

interface Execution {
  executionId: string;
  status: string;
  totals: Record<string, number>;
}
interface Page {
  items: Execution[];
  nextCursor: string | null;
}

const TENANT = 'acme/prod';
const idOf = (n: number): string => `UMA-00000000-0000-5000-8000-00000000000${n}`;
const messageIdOf = (n: number): string => `00000000-0000-5000-8000-00000000000${n}`;

describe('executions as the views of their owners really are', () => {
  let api: RunningApi;

  beforeAll(async () => {
    api = await RunningApi.prepare();
    await api.start();
  }, 60_000);

  afterAll(() => api.drop());

  it('are listed, one is found, and so are its recipients', async () => {
    const paths = ['/executions?requestId=r&campaignId=c&userId=u&state=sent', '/executions', `/executions/${idOf(1)}`, `/executions/${idOf(1)}/recipients?state=sent`];
    const statuses = await Promise.all(paths.map((path) => api.as(ACME).get(path).then(({ status }) => status)));

    expect(statuses).toEqual([200, 200, 404, 404]);
  });
});

describe('executions', () => {
  let api: RunningApi;
  let admin: AdminClient;

  beforeAll(async () => {
    api = await RunningApi.prepare();
    await prepareViews(api);
    await seedExecution(api, TENANT, { id: idOf(1), requestId: 'order-1', at: '2026-01-01T00:00:01.000001Z', targeted: 3 });
    await seedExecution(api, TENANT, {
      id: idOf(2), requestId: 'order-2', at: '2026-01-01T00:00:01.000002Z', targeted: 2, sent: 2, completedAt: '2026-01-01T00:00:05Z', campaignId: 'campaign-2',
      messages: [{ id: messageIdOf(1), userId: 'ada@shop.test', state: 'sent' }, { id: messageIdOf(2), userId: 'bob@shop.test', state: 'bounced' }],
    });
    await seedExecution(api, TENANT, { id: idOf(3), requestId: 'order-3', at: '2026-01-01T00:00:01.000002Z', targeted: 2, sent: 0, status: 'Abandoned' });
    await seedExecution(api, TENANT, {
      id: idOf(4), requestId: 'order-2', at: '2026-01-01T00:00:02Z', targeted: 2, sent: 1, messages: [{ id: messageIdOf(3), userId: 'ada@shop.test', state: 'retrying' }],
    });
    await api.start();
    admin = api.as(ACME);
  }, 60_000);

  afterAll(() => api.drop());

  const found = async (query: string): Promise<string[]> => (await admin.get<Page>(`/executions?${query}`)).body.items.map(({ executionId }) => executionId);

  it('are listed newest first, each once, also when several are as old to the microsecond', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { body: Page } = await admin.get<Page>(`/executions?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.body.items.map(({ executionId }) => executionId));
      cursor = page.body.nextCursor;
    }

    expect(seen).toEqual([idOf(4), idOf(3), idOf(2), idOf(1)]);
  });

  it('are found by request, campaign, recipient and state of a message, and by several together', async () => {
    expect(await found('requestId=order-2')).toEqual([idOf(4), idOf(2)]);
    expect(await found('requestId=order-2&campaignId=campaign-2')).toEqual([idOf(2)]);
    expect(await found('userId=ada@shop.test')).toEqual([idOf(4), idOf(2)]);
    expect(await found('userId=ada@shop.test&state=retrying')).toEqual([idOf(4)]);
    expect(await found('state=bounced')).toEqual([idOf(2)]);
    expect(await found('userId=nobody@shop.test')).toEqual([]);
  });

  it('have totals that add up, whether or not the ledger has met them', async () => {
    const { items } = (await admin.get<Page>('/executions')).body;

    expect(items.map(({ status, totals }) => [status, totals['targeted'], totals['sent'], totals['pending']])).toEqual([
      ['InProgress', 2, 1, 1], ['Abandoned', 0, 0, 0], ['Succeeded', 2, 2, 0], ['InProgress', 3, 0, 3],
    ]);
    for (const { totals: { targeted, ...parts } } of items) expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(targeted);
  });

  it('show their recipients, by state and page by page', async () => {
    const first = await admin.get<{ items: { messageId: string; timeline: unknown[] }[]; nextCursor: string }>(`/executions/${idOf(2)}/recipients?limit=1`);
    const second = await admin.get<Page>(`/executions/${idOf(2)}/recipients?limit=1&cursor=${first.body.nextCursor}`);
    const bounced = await admin.get<Page>(`/executions/${idOf(2)}/recipients?state=bounced`);

    expect(first.body.items).toEqual([expect.objectContaining({ messageId: messageIdOf(1), userId: 'ada@shop.test', namespace: 'email', state: 'sent', attempts: 1, timeline: [expect.objectContaining({ state: 'accepted' })] })]);
    expect(second.body).toMatchObject({ items: [{ messageId: messageIdOf(2) }], nextCursor: null });
    expect(bounced.body.items).toHaveLength(1);
  });

  it('refuse a cursor of another list, an unknown filter and an unknown execution', async () => {
    const foreignCursor = Buffer.from('["x"]').toString('base64url');

    expect(await admin.get(`/executions?cursor=${foreignCursor}`)).toMatchObject({ status: 400, body: { code: 'INVALID_QUERY' } });
    expect(await admin.get('/executions?colour=red')).toMatchObject({ status: 400, body: { errors: [{ path: '/colour', code: 'UNKNOWN_FIELD' }] } });
    expect(await admin.get('/executions?state=gone')).toMatchObject({ status: 400 });
    expect(await admin.get(`/executions/${idOf(9)}`)).toMatchObject({ status: 404, body: { code: 'EXECUTION_NOT_FOUND' } });
  });
});
