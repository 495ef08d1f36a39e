import { describe, expect, it } from '@jest/globals';
import { CampaignInput, CampaignPatch, PageQuery } from '@postrider/contracts';
import type { Principal } from '@postrider/auth';
import type { AppError } from '@postrider/runtime';
import fc from 'fast-check';
import type { FastifyRequest } from 'fastify';
import { InvalidBody, InvalidQuery, NotFound, PreconditionFailed, PreconditionRequired } from './edge.errors.js';
import { defineOperation } from './operation.js';
import { parseCall } from './parse-call.js';

const principal: Principal = { tenantId: 'acme/prod', orgId: 'acme', sandbox: 'prod', keyId: 'key', scopes: ['admin'], ratePerSecond: null };
const ID = '0198f5a2-0000-7000-8000-000000000001';
const shape = { tag: 'x', summary: 'x', scope: 'admin', status: 200 } as const;
const CREATE = defineOperation({ ...shape, id: 'create', method: 'POST', path: 'campaigns', body: CampaignInput });
const EDIT = defineOperation({ ...shape, id: 'edit', method: 'PATCH', path: 'campaigns/:id', body: CampaignPatch, conditional: true });
const LIST = defineOperation({ ...shape, id: 'list', method: 'GET', path: 'campaigns', query: PageQuery });
const STOP = defineOperation({ ...shape, id: 'stop', method: 'POST', path: 'campaigns/:id/stop' });

const aRequest = (parts: { params?: object; query?: object; body?: unknown; headers?: object }): FastifyRequest =>
  ({ params: {}, query: {}, headers: {}, ...parts }) as unknown as FastifyRequest;

const aCampaign = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'Order shipped', kind: 'transactional', channel: 'email', content: { subject: 'Hi', html: '<p>Hi</p>' }, audience: { identityType: 'email' }, ...changes,
});

function refusal(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    return error as AppError;
  }
  throw new Error('It was not refused.');
}

describe(parseCall.name, () => {
  it('fills in what a campaign may leave out', () => {
    const { body } = parseCall(CREATE, aRequest({ body: aCampaign() }), principal);

    expect(body).toMatchObject({
      throughput: 'standard', unknownOutcome: 'never-twice', messageLifetimeSeconds: 86_400, contextSchema: null, tags: [],
      schedule: { startAt: null, endAt: null, timeZone: 'UTC' }, audience: { unknownProfiles: 'refuse', enableWebhooks: false, audienceId: null },
    });
  });

  it('leaves out of a patch what was left out of it', () => {
    const { body } = parseCall(EDIT, aRequest({ params: { id: ID }, headers: { 'if-match': '"7"' }, body: { name: 'New' } }), principal);

    expect(body).toEqual({ name: 'New' });
  });

  it('names every fault of a body at once, each by its path', () => {
    const body = aCampaign({ name: undefined, kind: 'fax', colour: 'red', content: { subject: 1, html: '', extra: 1 }, schedule: { timeZone: 'Mars/Base' } });

    const { code, faults } = refusal(() => parseCall(CREATE, aRequest({ body }), principal));

    expect(code).toBe('INVALID_BODY');
    expect(faults?.map(({ path, code: fault }) => [path, fault]).sort()).toEqual([
      ['/colour', 'UNKNOWN_FIELD'], ['/content/extra', 'UNKNOWN_FIELD'], ['/content/subject', 'INVALID'], ['/kind', 'INVALID'], ['/name', 'REQUIRED'],
      ['/schedule/timeZone', 'INVALID'],
    ]);
  });

  it.each([
    ['a window that ends before it starts', { schedule: { startAt: '2026-02-01T00:00:00Z', endAt: '2026-01-01T00:00:00Z' } }, '/schedule/endAt'],
    ['a line break in the name', { name: 'a\r\nBcc: x' }, '/name'],
    ['a NUL character', { description: 'a\0b' }, '/description'],
    ['half a surrogate pair', { description: 'a\ud800' }, '/description'],
    ['a send rate over 2,000 a second', { sendRatePerSecond: 2_001 }, '/sendRatePerSecond'],
  ])('refuses %s', (_case, changes, path) => {
    const { faults } = refusal(() => parseCall(CREATE, aRequest({ body: aCampaign(changes) }), principal));

    expect(faults).toContainEqual(expect.objectContaining({ path }));
  });

  it('refuses nesting that nobody could read', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 40; level++) deep = { x: deep };

    const { faults } = refusal(() => parseCall(CREATE, aRequest({ body: aCampaign({ contextSchema: deep }) }), principal));

    expect(faults).toContainEqual(expect.objectContaining({ code: 'TOO_DEEP' }));
  });

  it('reads numbers of a query and refuses unknown parameters', () => {
    expect(parseCall(LIST, aRequest({ query: { limit: '5' } }), principal).query).toEqual({ limit: 5 });
    expect(refusal(() => parseCall(LIST, aRequest({ query: { offset: '5' } }), principal))).toBeInstanceOf(InvalidQuery);
    expect(refusal(() => parseCall(LIST, aRequest({ query: { limit: '1000' } }), principal)).faults).toEqual([expect.objectContaining({ path: '/limit' })]);
    expect(refusal(() => parseCall(STOP, aRequest({ params: { id: ID }, query: { force: '1' } }), principal))).toBeInstanceOf(InvalidQuery);
  });

  it('takes no body, or an empty one, where none is meant', () => {
    expect(parseCall(STOP, aRequest({ params: { id: ID } }), principal).body).toBeUndefined();
    expect(parseCall(STOP, aRequest({ params: { id: ID }, body: {} }), principal).body).toBeUndefined();
    expect(refusal(() => parseCall(STOP, aRequest({ params: { id: ID }, body: { force: true } }), principal))).toBeInstanceOf(InvalidBody);
  });

  it.each(['not-an-id', '1', `${ID}0`, 'a\0b'])('answers an id that cannot exist like one that does not: %j', (id) => {
    expect(refusal(() => parseCall(STOP, aRequest({ params: { id } }), principal))).toBeInstanceOf(NotFound);
  });

  it('needs If-Match for an edit, and knows which revision it names', () => {
    const edit = (ifMatch?: string): number | undefined => parseCall(EDIT, aRequest({ params: { id: ID }, body: {}, headers: { 'if-match': ifMatch } }), principal).revision;

    expect(edit('"12"')).toBe(12);
    expect(edit('*')).toBeUndefined();
    expect(refusal(() => edit())).toBeInstanceOf(PreconditionRequired);
    expect(refusal(() => edit('12'))).toBeInstanceOf(PreconditionFailed);
    expect(refusal(() => edit('W/"12"'))).toBeInstanceOf(PreconditionFailed);
  });

  it('refuses whatever is sent, or takes it, and never fails', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.string()), (body, query) => {
      for (const operation of [CREATE, LIST]) {
        try {
          parseCall(operation, aRequest({ body, query }), principal);
        } catch (error) {
          expect([InvalidBody, InvalidQuery]).toContain((error as Error).constructor);
        }
      }
    }));
  });
});
