import { describe, expect, it } from '@jest/globals';
import type { AudienceDefinition, CampaignState, CampaignVersion, Configuration, Shield } from '@postrider/contracts';
import type { ConfigurationTable } from '@postrider/kafka';
import { AppError } from '@postrider/runtime';
import { FakeClock } from '@postrider/testing';
import { SANDBOX, TENANT, aCampaign, anAudience } from '../../test/builders.js';
import { LiveCampaigns } from '../calls/live-campaigns.js';
import { AudienceDecider, type AudienceDecision, type NamedAudienceCall } from './audience-decider.js';

interface Setting {
  campaign?: Partial<CampaignState>;
  version?: Partial<CampaignVersion>;
  audience?: Partial<AudienceDefinition>;
  shields?: Shield[];
}

const clock = new FakeClock();
const at = (seconds: number): Date => new Date(clock.now().getTime() + seconds * 1_000);

function setUp({ campaign: changes, version: versionChanges, audience: audienceChanges, shields }: Setting = {}) {
  const audience = anAudience({ id: 'audience', ...audienceChanges });
  const { campaign, version } = aCampaign({ campaignKind: 'marketing', ...changes }, { audienceId: 'audience', ...versionChanges });
  const all: Configuration[] = [{ ...SANDBOX, ...(shields && { shields }) }, campaign, version, audience];
  const table = { get: (kind: string, id: string) => all.find((one) => one.kind === kind && one.id === id) } as unknown as ConfigurationTable;
  const decider = new AudienceDecider(new LiveCampaigns(table, clock), table, clock);
  const decide = (call: Partial<NamedAudienceCall> = {}, when?: Date): AudienceDecision => decider.decide(TENANT, { campaignId: campaign.id, requestId: 'r', ...call }, when);
  return { decider, decide, version };
}

function codeOf(decide: () => unknown): string {
  try {
    decide();
    return 'taken';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe(AudienceDecider.name, () => {
  it('chooses the audience of the call, else that of the campaign', () => {
    expect(setUp().decide().audienceId).toBe('audience');
    expect(setUp({ version: { audienceId: 'other' } }).decide({ audience: { id: 'audience' } }).audienceId).toBe('audience');
  });

  it.each<[Setting, string]>([
    [{ version: { audienceId: null } }, 'AUDIENCE_NOT_FOUND'], [{ audience: { tenantId: 'acme/dev' } }, 'AUDIENCE_NOT_FOUND'], [{ audience: { published: false } }, 'AUDIENCE_NOT_PUBLISHED'],
    [{ audience: { source: 'composition' } }, 'taken'], [{ audience: { source: 'upload' }, shields: ['healthcare'] }, 'taken'],
    [{ audience: { source: 'composition' }, shields: ['healthcare', 'privacy-and-security'] }, 'HEALTHCARE_SHIELD'],
    [{ audience: { source: 'composition', published: false }, shields: ['privacy-and-security'] }, 'PRIVACY_SECURITY_SHIELD'],
    [{ campaign: { campaignKind: 'transactional' } }, 'CAMPAIGN_TYPE_MISMATCH'], [{ campaign: { status: 'Archived' } }, 'CAMPAIGN_NOT_LIVE'],
  ])('with %j says %s', (setting, code) => {
    expect(codeOf(setUp(setting).decide)).toBe(code);
  });

  it('decides as of the time when it is to be carried out', () => {
    const { decide } = setUp({ campaign: { status: 'Scheduled', startAt: at(10).toISOString(), endAt: at(20).toISOString() } });

    expect([9, 10, 19, 20].map((second) => codeOf(() => decide({}, at(second))))).toEqual(['CAMPAIGN_NOT_STARTED', 'taken', 'taken', 'CAMPAIGN_ENDED']);
    expect(codeOf(() => decide({ expiresAt: at(15).toISOString() }, at(15)))).toBe('EXPIRED');
    expect(decide({ expiresAt: at(16).toISOString() }, at(15)).expiresAt).toBe(at(16).toISOString());
    expect(decide({}, at(15)).expiresAt).toBe(at(15 + 86_400).toISOString());
  });

  it('takes a context of up to 200 KB of UTF-8, and names what is not as its schema says', () => {
    const { decide } = setUp();
    const filled = (bytes: number) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) });

    expect(codeOf(() => decide({ context: filled(204_800) }))).toBe('taken');
    expect(codeOf(() => decide({ context: filled(204_801) }))).toBe('CONTEXT_TOO_LARGE');
    expect(() => decide({ context: { order: {} } })).toThrow(expect.objectContaining({ code: 'CONTEXT_INVALID', faults: [expect.objectContaining({ path: '/context/order' })] }));
  });

  it('makes the same of a stored execution as when it was accepted', () => {
    const { decider, decide, version } = setUp();
    const call = { campaignId: version.campaignId, requestId: 'r' };
    const { executionId, expiresAt } = decide();
    const answer = { executionId, requestId: 'r', createdAt: '', createdBy: '', modifiedAt: '', modifiedBy: '' };

    const redone = decider.redo(call, { executionId, campaignVersionId: version.id, bodyHash: Buffer.alloc(0), answer, expiresAt, isPublished: false });

    expect(redone).toEqual({ ...decide(), expiresAt });
  });
});
