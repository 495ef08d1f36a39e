import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { IdentifiedProfiles, Profile } from '@postrider/contracts';
import { IdentifiedProfilesService, UPLOAD_DATASET } from '../src/administration/identified-profiles.service.js';
import { TENANT, anEmail } from './builders.js';
import { INTERNAL_TOKEN, RunningService } from './running-service.js';

jest.setTimeout(60_000);

let service: RunningService;
let base: string;

const headers = { 'x-internal-token': INTERNAL_TOKEN, 'content-type': 'application/json' };

async function ask(values: readonly string[], rest: object = {}): Promise<{ status: number; body: Record<string, unknown> }> {
  const body = JSON.stringify({ tenantId: TENANT, namespace: 'email', values, ...rest });
  const response = await fetch(`${base}/internal/profiles/identities`, { method: 'POST', headers, body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function identified(values: readonly string[], rest: object = {}): Promise<IdentifiedProfiles> {
  return IdentifiedProfiles.parse((await ask(values, rest)).body);
}

async function profileOf(id: string | undefined): Promise<Profile> {
  return Profile.parse(await (await fetch(`${base}/internal/profiles/${id}?tenantId=${encodeURIComponent(TENANT)}`, { headers })).json());
}

beforeAll(async () => {
  service = await RunningService.prepare();
  base = await (await service.start()).getUrl();
});

afterAll(async () => {
  await service.drop();
});

describe(IdentifiedProfilesService.name, () => {
  it('makes a profile where nobody has the identity, and finds it afterwards', async () => {
    const values = [anEmail(), anEmail()];

    const first = await identified(values);
    const second = await identified([...values].reverse());

    expect([first.created, second.created]).toEqual([2, 0]);
    expect(second.profileIds).toEqual([...first.profileIds].reverse());
    expect(await profileOf(first.profileIds[1])).toMatchObject({
      dataset: UPLOAD_DATASET, identities: [{ namespace: 'email', value: values[1] }], attributes: {}, consents: {},
    });
  });

  it('reads identities as everywhere: one that is there in another form, or twice, is one', async () => {
    const email = anEmail();

    const emails = await identified([email, ` ${email.toUpperCase()} `], { namespace: 'Email' });
    const phones = await identified(['070-174 06 05', '+46701740605'], { namespace: 'phone' });

    expect([emails.created, new Set(emails.profileIds).size]).toEqual([1, 1]);
    expect([phones.created, new Set(phones.profileIds).size]).toEqual([1, 1]);
  });

  it('makes one profile of each identity that many ask for at once', async () => {
    const values = Array.from({ length: 1_000 }, anEmail);
    const orders = [values, [...values].reverse(), [...values.slice(500), ...values.slice(0, 500)]];

    const answers = await Promise.all(orders.map((order) => identified(order)));

    const owners = answers.map((answer, turn) => new Map(orders[turn]?.map((value, place) => [value, answer.profileIds[place]])));
    expect(answers.reduce((sum, { created }) => sum + created, 0)).toBe(values.length);
    expect(new Set(owners[0]?.values()).size).toBe(values.length);
    for (const value of values) expect(new Set(owners.map((owner) => owner.get(value))).size).toBe(1);
  });

  it('keeps tenants apart', async () => {
    const email = anEmail();
    await identified([email]);

    const other = await ask([email], { tenantId: 'acme/unknown' });

    expect([other.status, other.body['code']]).toEqual([503, 'UNAVAILABLE']);
  });

  it('refuses all of them, and names each bad one', async () => {
    const email = anEmail();

    const { status, body } = await ask([email, ' ', 'a\0b']);

    expect(status).toBe(400);
    expect(body['errors']).toEqual([
      expect.objectContaining({ path: '/values/1', code: 'INVALID_IDENTITY', index: 1 }), expect.objectContaining({ path: '/values/2', index: 2 }),
    ]);
    expect(await identified([email])).toMatchObject({ created: 1 });
  });

  it('takes 5,000 values and no more, and none without the token', async () => {
    const values = Array.from({ length: 5_000 }, anEmail);

    const statuses = [(await ask(values)).status, (await ask([...values, anEmail()])).status, (await ask([])).status];
    const unauthenticated = await fetch(`${base}/internal/profiles/identities`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });

    expect(statuses).toEqual([200, 400, 400]);
    expect(unauthenticated.status).toBe(401);
  });
});
