import { describe, expect, it } from '@jest/globals';
import { CampaignStatus, type CampaignState, type CampaignVersion, type Configuration } from '@postrider/contracts';
import type { ConfigurationTable } from '@postrider/kafka';
import { AppError } from '@postrider/runtime';
import { FakeClock } from '@postrider/testing';
import { SANDBOX, TENANT, aCampaign } from '../../test/builders.js';
import { LiveCampaigns } from './live-campaigns.js';

interface Setting {
  campaign?: Partial<CampaignState>;
  version?: Partial<CampaignVersion>;
  without?: Configuration['kind'];
}

function setUp({ campaign: changes, version: versionChanges, without }: Setting = {}) {
  const clock = new FakeClock();
  const { campaign, version } = aCampaign(changes, versionChanges);
  const all: Configuration[] = [SANDBOX, campaign, version];
  const table = { get: (kind: string, id: string) => all.find((one) => one.kind === kind && one.id === id && one.kind !== without) };
  const campaigns = new LiveCampaigns(table as unknown as ConfigurationTable, clock);
  const find = () => campaigns.find(TENANT, campaign.id, 'standard');
  /** `taken`, or the code of the refusal. */
  const outcome = (): string => {
    try {
      find();
      return 'taken';
    } catch (error) {
      if (error instanceof AppError) return error.code;
      throw error;
    }
  };
  return { clock, all, campaign, version, find, outcome };
}

const at = (seconds: number): string => new Date(new FakeClock().now().getTime() + seconds * 1_000).toISOString();

const OUTCOMES: Readonly<Record<CampaignStatus, string>> = {
  Draft: 'CAMPAIGN_NOT_LIVE', Scheduled: 'taken', Live: 'taken', Stopped: 'CAMPAIGN_STOPPED', Completed: 'CAMPAIGN_ENDED', Archived: 'CAMPAIGN_NOT_LIVE',
};

describe(LiveCampaigns.name, () => {
  it.each(CampaignStatus.options)('says of a campaign that is %s what a caller can do about it', (status) => {
    expect(setUp({ campaign: { status } }).outcome()).toBe(OUTCOMES[status]);
  });

  it('opens at the start and closes at the end, to the millisecond', () => {
    const { clock, outcome } = setUp({ campaign: { status: 'Scheduled', startAt: at(10), endAt: at(20) } });
    const outcomes: string[] = [];

    for (const ms of [9_999, 1, 9_999, 1]) {
      clock.advance(ms);
      outcomes.push(outcome());
    }

    expect(outcomes).toEqual(['CAMPAIGN_NOT_STARTED', 'taken', 'taken', 'CAMPAIGN_ENDED']);
  });

  it.each([
    ['stopped', { status: 'Stopped', startAt: at(10), endAt: at(-1), throughput: 'high' }, 'CAMPAIGN_STOPPED'],
    ['over', { status: 'Live', endAt: at(-1), throughput: 'high' }, 'CAMPAIGN_ENDED'],
    ['not begun', { status: 'Scheduled', startAt: at(10), throughput: 'high' }, 'CAMPAIGN_NOT_STARTED'],
  ] satisfies [string, Partial<CampaignState>, string][])('names first that it is %s, where more is wrong', (_what, campaign, code) => {
    expect(setUp({ campaign }).outcome()).toBe(code);
  });

  it('refuses a campaign of which no version is activated, or whose version has not arrived yet', () => {
    expect(setUp({ campaign: { liveVersionId: null } }).outcome()).toBe('CAMPAIGN_NOT_LIVE');
    expect(setUp({ without: 'campaign-version' }).outcome()).toBe('CAMPAIGN_NOT_LIVE');
  });

  it('says the same of a campaign of another tenant as of none', () => {
    expect(setUp({ campaign: { tenantId: 'acme/dev' } }).outcome()).toBe('CAMPAIGN_NOT_FOUND');
    expect(setUp({ without: 'campaign' }).outcome()).toBe('CAMPAIGN_NOT_FOUND');
  });

  it('reads national numbers as the sandbox does, and as the United States without one', () => {
    expect(setUp().find().region).toBe('SE');
    expect(setUp({ without: 'sandbox' }).find().region).toBe('US');
  });

  it('checks contexts by the version that is live now', () => {
    const { all, campaign, version, find } = setUp({ version: { contextSchema: { type: 'object', required: ['order'] } } });
    const before = find().checkContext({});
    const next = { ...version, id: 'next', contextSchema: {} };

    all.splice(1, 1, { ...campaign, liveVersionId: next.id });
    all.push(next);
    const after = find();

    expect(before).toHaveLength(1);
    expect(after.version).toBe(next);
    expect(after.checkContext({})).toEqual([]);
  });
});
