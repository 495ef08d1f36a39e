import { describe, expect, it } from '@jest/globals';
import type { AudienceRow } from '../audiences/audience.entity.js';
import type { ChannelConfigurationRow } from '../channel-configurations/channel-configuration.entity.js';
import { aVersion } from '../../test/a-version.js';
import { activationFaults, type Surroundings } from './activation-check.js';
import type { CampaignRow } from './campaign.entity.js';

const NOW = new Date('2026-06-01T12:00:00Z');
const channel = { channel: 'email', category: 'transactional' } as ChannelConfigurationRow;
const around = (changes: Partial<Surroundings> = {}): Surroundings => ({
  campaign: { status: 'Draft', kind: 'transactional' } as CampaignRow, channelConfiguration: channel, hasNamespace: true, audience: undefined, shields: [], now: NOW, ...changes,
});

const faultsIn = (changes: Parameters<typeof aVersion>[0], surroundings = around()): string[][] =>
  activationFaults(aVersion(changes), surroundings).map(({ path, code }) => [path, code]);

describe(activationFaults.name, () => {
  it('finds nothing wrong with a version that is ready', () => {
    expect(faultsIn({})).toEqual([]);
  });

  it.each([
    ['no channel configuration', { channelConfigurationId: null }, around(), '/channelConfigurationId', 'REQUIRED'],
    ['an unknown channel configuration', {}, around({ channelConfiguration: undefined }), '/channelConfigurationId', 'UNKNOWN'],
    ['one for another channel', {}, around({ channelConfiguration: { ...channel, channel: 'fax' } as never }), '/channelConfigurationId', 'CHANNEL_MISMATCH'],
    ['one for another kind', {}, around({ channelConfiguration: { ...channel, category: 'marketing' } as never }), '/channelConfigurationId', 'CATEGORY_MISMATCH'],
    ['an unknown namespace', {}, around({ hasNamespace: false }), '/audience/identityType', 'UNKNOWN'],
    ['an end that is over', { endAt: NOW }, around(), '/schedule/endAt', 'IN_THE_PAST'],
    ['an end before the start', { startAt: new Date('2026-08-01'), endAt: new Date('2026-07-01') }, around(), '/schedule/endAt', 'BEFORE_START'],
    ['a start put off while live', { startAt: new Date('2026-07-01') }, around({ campaign: { status: 'Live', kind: 'transactional' } as CampaignRow }), '/schedule/startAt', 'ALREADY_LIVE'],
    ['an empty subject', { content: { subject: ' ', html: '<p>x</p>', text: '', listUnsubscribe: null } }, around(), '/content/subject', 'EMPTY'],
    ['a template that does not parse', { content: { subject: 'x', html: '{% if %}', text: '', listUnsubscribe: null } }, around(), '/content/html', 'TEMPLATE_SYNTAX'],
    ['a variable that the schema lacks', { contextSchema: { type: 'object', properties: {} } }, around(), '/content', 'UNKNOWN_VARIABLE'],
    ['a schema that is none', { contextSchema: { type: 7 } }, around(), '/contextSchema', 'CONTEXT_SCHEMA'],
  ] as const)('finds %s', (_case, changes, surroundings, path, code) => {
    expect(faultsIn(changes, surroundings)).toContainEqual([path, code]);
  });

  it('finds all of it at once', () => {
    const faults = faultsIn({ channelConfigurationId: null, endAt: new Date(0), content: { subject: '', html: '', text: '', listUnsubscribe: null } }, around({ hasNamespace: false }));

    expect(faults.map(([path]) => path)).toEqual(expect.arrayContaining(['/channelConfigurationId', '/audience/identityType', '/schedule/endAt', '/content/subject', '/content/html']));
  });

  describe('of a marketing campaign', () => {
    const segment = { source: 'segment', published: true } as AudienceRow;
    const composition = { source: 'composition', published: true } as AudienceRow;
    const marketing = (changes: Partial<Surroundings> = {}): Surroundings =>
      around({ campaign: { status: 'Draft', kind: 'marketing' } as CampaignRow, channelConfiguration: { ...channel, category: 'marketing' }, audience: segment, ...changes });
    const version = { audienceId: 'a-1', sendRatePerSecond: 100 };
    const at = (code: string): string[] => ['/audience/audienceId', code];

    it('finds nothing wrong with one that is ready, under a shield too, whatever of the profile it shows', () => {
      const content = { subject: '{{ profile.anything.at[0].all }}', html: '<p>x</p>', text: '', listUnsubscribe: null };

      expect(faultsIn({ ...version, content }, marketing({ shields: ['healthcare'] }))).toEqual([]);
      expect(faultsIn(version, marketing({ audience: composition }))).toEqual([]);
    });

    it.each<[string, Parameters<typeof aVersion>[0], Partial<Surroundings>, string[][]]>([
      ['no audience', {}, { audience: undefined }, [at('REQUIRED')]],
      ['an unknown audience', version, { audience: undefined }, [at('UNKNOWN')]],
      ['a draft under both shields', version, { audience: { ...composition, published: false }, shields: ['healthcare', 'privacy-and-security'] }, [
        at('HEALTHCARE_SHIELD'), at('PRIVACY_SECURITY_SHIELD'), at('AUDIENCE_NOT_PUBLISHED'),
      ]],
      ['what belongs to transactional campaigns', { ...version, throughput: 'high', enableWebhooks: true }, {}, [
        ['/throughput', 'TRANSACTIONAL_ONLY'], ['/audience/enableWebhooks', 'TRANSACTIONAL_ONLY'],
      ]],
    ])('finds %s', (_case, changes, surroundings, faults) => {
      expect(faultsIn(changes, marketing(surroundings))).toEqual(faults);
    });
  });
});
