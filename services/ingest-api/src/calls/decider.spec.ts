import { describe, expect, it } from '@jest/globals';
import type { CallRecipient, CampaignState, CampaignVersion, Configuration, Throughput, UnitaryCall } from '@postrider/contracts';
import type { ConfigurationTable } from '@postrider/kafka';
import { AppError } from '@postrider/runtime';
import { FakeClock } from '@postrider/testing';
import { SANDBOX, TENANT, aCall, aCallRecipient, aCampaign, anEmail } from '../../test/builders.js';
import { Decider } from './decider.js';
import type { Decision } from './decision.js';
import type { IdentityQuestion, KnownIdentities } from './known-identities.js';
import { LiveCampaigns } from './live-campaigns.js';

const clock = new FakeClock();
const inSeconds = (seconds: number): string => new Date(clock.now().getTime() + seconds * 1_000).toISOString();

interface Setting {
  campaign?: Partial<CampaignState>;
  version?: Partial<CampaignVersion>;
  known?: readonly string[];
  throughput?: Throughput;
  tenantId?: string;
}

interface Faulty {
  code: string;
  status: number;
  detail: string;
  faults: { path: string; code: string; index?: number; userId?: string }[];
  context: Readonly<Record<string, string>> | undefined;
}

/** Decides on a call to a campaign of this setting. */
async function decide(call: Partial<UnitaryCall>, setting: Setting = {}): Promise<Decision> {
  const { campaign, version } = aCampaign(setting.campaign, setting.version);
  const all: Configuration[] = [SANDBOX, campaign, version];
  const table = { get: (kind: string, id: string) => all.find((one) => one.kind === kind && one.id === id) } as unknown as ConfigurationTable;
  const known = { areKnown: async (asked: readonly IdentityQuestion[]) => asked.map(({ identity }) => setting.known?.includes(identity) ?? false) } as unknown as KnownIdentities;
  const decider = new Decider(new LiveCampaigns(table, clock), known, table, clock);
  return decider.decide(setting.tenantId ?? TENANT, aCall(campaign.id, call), setting.throughput ?? 'standard');
}

async function refusal(call: Partial<UnitaryCall>, setting: Setting = {}): Promise<Faulty> {
  try {
    await decide(call, setting);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { code: error.code, status: error.status, detail: error.detail, faults: [...(error.faults ?? [])], context: error.context };
  }
  throw new Error('It was not refused.');
}

const to = (...recipients: Partial<CallRecipient>[]): Partial<UnitaryCall> => ({ recipients: recipients.map((one) => aCallRecipient(one)) });

describe(`${Decider.name}: the campaign`, () => {
  it.each([
    ['of another tenant', { tenantId: 'acme/dev' }, 'CAMPAIGN_NOT_FOUND'],
    ['that is a draft', { campaign: { status: 'Draft', liveVersionId: null } }, 'CAMPAIGN_NOT_LIVE'],
    ['that was stopped', { campaign: { status: 'Stopped' } }, 'CAMPAIGN_STOPPED'],
    ['that is completed', { campaign: { status: 'Completed' } }, 'CAMPAIGN_ENDED'],
    ['past its end', { campaign: { endAt: inSeconds(0) } }, 'CAMPAIGN_ENDED'],
    ['scheduled for later', { campaign: { status: 'Scheduled', startAt: inSeconds(1) } }, 'CAMPAIGN_NOT_STARTED'],
    ['of high throughput', { campaign: { throughput: 'high' } }, 'CAMPAIGN_TYPE_MISMATCH'],
  ] satisfies [string, Setting, string][])('refuses one %s', async (_what, setting, code) => {
    expect((await refusal({}, setting)).code).toBe(code);
  });

  it('takes one that was scheduled and whose time has come', async () => {
    expect((await decide({}, { campaign: { status: 'Scheduled', startAt: inSeconds(0), endAt: inSeconds(1) } })).accepted).toHaveLength(1);
  });

  it('names the right endpoint for the other throughput', async () => {
    expect((await refusal({}, { campaign: { throughput: 'high' } })).detail).toContain('/im/executions/highthroughput');
    expect((await refusal({}, { throughput: 'high' })).detail).toContain('/im/executions/unitary');
    expect((await refusal({}, { throughput: 'high' })).context).toEqual({ endpoint: 'POST /im/executions/unitary' });
  });

  it('is judged before the recipients are', async () => {
    expect((await refusal(to({ namespace: 'phone' }), { campaign: { status: 'Stopped' } })).code).toBe('CAMPAIGN_STOPPED');
  });
});

describe(`${Decider.name}: the recipients`, () => {
  it('finds those that are the same person, and names both places', async () => {
    const { code, status, faults } = await refusal(to({ userId: 'Ada@shop.test' }, {}, { userId: ' ada@SHOP.test ', namespace: 'Email' }));

    expect([code, status]).toEqual(['DUPLICATE_RECIPIENT', 400]);
    expect(faults).toEqual([{ path: '/recipients/2/userId', code: 'DUPLICATE_RECIPIENT', message: expect.stringMatching(/0.*2/), index: 2, userId: ' ada@SHOP.test ' }]);
  });

  it('counts the bytes of all contexts together, as UTF-8', async () => {
    const half = { text: '\u00e5'.repeat(52_000) };

    expect(await refusal(to({ context: half }, { context: half }))).toMatchObject({ code: 'CONTEXT_TOO_LARGE', status: 413 });
    expect((await decide(to({ context: half }, { context: { text: 'a'.repeat(100_000) } }))).accepted).toHaveLength(2);
  });

  it('bounds the profiles too, as they will be written on', async () => {
    const short = JSON.parse(`[${Array.from({ length: 50_000 }, () => '1e20').join()}]`) as number[];

    expect((await refusal(to({ profile: { short } }))).code).toBe('BODY_TOO_LARGE');
  });

  it.each(['', '   ', 'x'.repeat(513), 'bell\u0007@shop.test', 'half\ud83d@shop.test', 'nul\0@shop.test'])('refuses the identity %j', async (userId) => {
    expect(await refusal(to({ userId }))).toMatchObject({ code: 'INVALID_IDENTITY', status: 422, faults: [{ path: '/recipients/0/userId', index: 0, userId }] });
  });

  it('compares namespaces without regard to case, and takes only the one of the campaign', async () => {
    expect((await decide(to({ namespace: 'EMAIL' }))).accepted).toHaveLength(1);
    expect(await refusal(to({ namespace: 'phone' }))).toMatchObject({ code: 'NAMESPACE_MISMATCH', faults: [{ path: '/recipients/0/namespace' }] });
  });

  it.each([
    ['its channelData', { channelData: { emailAddress: 'nonsense' } }, {}, '/recipients/0/channelData/emailAddress'],
    ['its attribute', { profile: { email: 'nonsense' } }, {}, '/recipients/0/profile/email'],
    ['the identity, where no profile is asked', { userId: 'nonsense' }, {}, '/recipients/0/userId'],
    ['the identity, at high throughput', { userId: 'nonsense' }, { campaign: { throughput: 'high' }, version: { unknownProfiles: 'create' }, throughput: 'high' }, '/recipients/0/userId'],
  ] satisfies [string, Partial<CallRecipient>, Setting, string][])('refuses a malformed address in %s', async (_where, recipient, setting, path) => {
    expect(await refusal(to(recipient), setting)).toMatchObject({ code: 'MALFORMED_ADDRESS', faults: [{ path, index: 0 }] });
  });

  it('leaves an identity that is no address to the profile that may bring one', async () => {
    expect((await decide(to({ userId: 'nonsense' }), { version: { unknownProfiles: 'create' } })).accepted).toHaveLength(1);
    expect((await decide(to({ userId: 'nonsense', channelData: { emailAddress: anEmail() } }))).accepted).toHaveLength(1);
  });

  it('refuses a recipient without an address, where nothing could bring one', async () => {
    const own: Partial<CampaignVersion> = { identityType: 'crm' };

    expect((await refusal(to({ namespace: 'crm', userId: 'c-1' }), { version: own })).code).toBe('NO_ADDRESS');
    expect((await refusal(to({ namespace: 'crm', userId: 'c-1', profile: { email: 5 } }), { version: own })).code).toBe('NO_ADDRESS');
    expect((await refusal(to({ namespace: 'crm', userId: 'c-1' }), { version: { ...own, unknownProfiles: 'create' }, campaign: { throughput: 'high' }, throughput: 'high' })).code).toBe('NO_ADDRESS');
    expect((await decide(to({ namespace: 'crm', userId: 'c-1' }), { version: { ...own, unknownProfiles: 'create' } })).accepted).toHaveLength(1);
  });

  it('checks each context against the schema of the version, with a pointer for each fault', async () => {
    const contextSchema = { type: 'object', required: ['city'], properties: { order: { type: 'integer' } } };

    const { code, faults } = await refusal(to({ context: { order: 1, city: 'Lund' } }, { context: { order: 'four' } }), { version: { contextSchema } });

    expect(code).toBe('CONTEXT_INVALID');
    expect(faults.map(({ path, index }) => [path, index]).sort()).toEqual([['/recipients/1/context/city', 1], ['/recipients/1/context/order', 1]]);
  });

  it('names every fault of every recipient at once', async () => {
    const setting = { version: { contextSchema: { type: 'object', required: ['order'] } } };

    const { code, faults } = await refusal(to({ userId: '', context: {} }, { namespace: 'phone' }, { channelData: { emailAddress: 'x' }, context: {} }), setting);

    expect(code).toBe('INVALID_IDENTITY');
    expect(faults.map((one) => `${one.index} ${one.code}`)).toEqual(['0 INVALID_IDENTITY', '0 CONTEXT_INVALID', '1 NAMESPACE_MISMATCH', '2 MALFORMED_ADDRESS', '2 CONTEXT_INVALID']);
  });
});

describe(`${Decider.name}: who is known`, () => {
  const refuse: Setting = { version: { unknownProfiles: 'refuse' }, known: ['ada@shop.test'] };
  const both = to({ userId: 'ada@shop.test' }, { userId: 'bob@shop.test' });

  it('refuses the call for one unknown recipient', async () => {
    expect(await refusal(both, refuse)).toMatchObject({ code: 'UNKNOWN_PROFILE', status: 422, faults: [{ path: '/recipients/1/userId', index: 1, userId: 'bob@shop.test' }] });
  });

  it('leaves the unknown one out where the caller takes a part, and refuses when nobody is left', async () => {
    const { accepted, results } = await decide({ ...both, failureMode: 'partial' }, refuse);

    expect(accepted.map(({ identity }) => identity)).toEqual(['ada@shop.test']);
    expect(results).toMatchObject([{ index: 0, result: 'accepted' }, { index: 1, messageId: null, result: 'rejected', error: { code: 'UNKNOWN_PROFILE' } }]);
    expect((await refusal({ ...both, failureMode: 'partial' }, { ...refuse, known: [] })).code).toBe('UNKNOWN_PROFILE');
  });

  it('names those who are unknown beside what else is wrong with them, and asks for nobody without an identity', async () => {
    const version = { ...refuse.version, contextSchema: { type: 'object', required: ['order'] } };

    const { code, faults } = await refusal(to({ userId: 'bob@shop.test', context: {} }, { userId: 'ada@shop.test', context: {} }, { userId: '' }, { namespace: 'phone' }), { ...refuse, version });

    expect(code).toBe('INVALID_IDENTITY');
    expect(faults.map((one) => `${one.index} ${one.code}`)).toEqual(['0 CONTEXT_INVALID', '0 UNKNOWN_PROFILE', '1 CONTEXT_INVALID', '2 INVALID_IDENTITY', '3 NAMESPACE_MISMATCH']);
  });

  it.each(['create', 'send'] as const)('does not ask under "%s"', async (unknownProfiles) => {
    expect((await decide(both, { ...refuse, version: { unknownProfiles } })).accepted).toHaveLength(2);
  });

  it('does not ask at high throughput', async () => {
    expect((await decide(both, { ...refuse, campaign: { throughput: 'high' }, throughput: 'high' })).accepted).toHaveLength(2);
  });
});

describe(`${Decider.name}: time and ids`, () => {
  it('lets a message live as long as the version says, or as the call says', async () => {
    expect((await decide({}, { version: { messageLifetimeSeconds: 60 } })).expiresAt).toBe(inSeconds(60));
    expect((await decide({ expiresAt: inSeconds(5) })).expiresAt).toBe(inSeconds(5));
    expect(await refusal({ expiresAt: inSeconds(0) })).toMatchObject({ code: 'EXPIRED', status: 422, faults: [{ path: '/expiresAt' }] });
  });

  it('gives the same call the same ids, and others other ones', async () => {
    const { campaign, version } = aCampaign();
    const idsOf = async (requestId: string): Promise<string[]> => {
      const setting = { campaign: { id: campaign.id, liveVersionId: version.id }, version };
      const { executionId, accepted } = await decide({ requestId, ...to({ userId: 'ada@shop.test' }) }, setting);
      return [executionId, ...accepted.map(({ messageId }) => messageId)];
    };

    const [one, again, other] = await Promise.all(['order-1', 'order-1', 'order-2'].map(idsOf));

    expect(again).toEqual(one);
    expect(new Set([...(one ?? []), ...(other ?? [])]).size).toBe(4);
  });
});
