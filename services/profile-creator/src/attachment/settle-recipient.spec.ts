import { describe, expect, it } from '@jest/globals';
import { ProfileRecipientExcluded, RecipientReady } from '@postrider/contracts';
import { aRecipient } from '../../test/builders.js';
import type { KnownProfile } from '../profiles/known-profiles.js';
import { settleRecipient } from './settle-recipient.js';

const READY_AT = '2026-01-01T00:00:00.050Z';
const all = { needed: undefined, readyAt: READY_AT };

const aProfile = (overrides: Partial<KnownProfile> = {}): KnownProfile => ({
  profileId: '0198f5a2-0000-7000-8000-000000000003',
  attributes: { firstName: 'Ada' },
  consents: { email: 'y' },
  email: null,
  ...overrides,
});

describe(settleRecipient.name, () => {
  it('makes a known recipient ready, with what the profile holds and what the call says', () => {
    const recipient = aRecipient({ profile: { firstName: 'Countess' }, context: { order: 1 } });

    const settled = settleRecipient(recipient, aProfile(), all);

    expect(RecipientReady.payload.parse(settled)).toMatchObject({
      messageId: recipient.messageId,
      recipientKey: recipient.recipientKey,
      readyAt: READY_AT,
      address: recipient.identity,
      profileId: aProfile().profileId,
      attributes: { firstName: 'Countess' },
      consents: { email: 'y' },
      context: { order: 1 },
    });
  });

  it('says that the context is the execution\'s own where it is, and says nothing of it otherwise', () => {
    const [shared, own] = [aRecipient({ lane: 'bulk', sharedContext: true, context: undefined }), aRecipient()].map((recipient) => settleRecipient(recipient, aProfile(), all));

    expect(RecipientReady.payload.parse(shared)).toMatchObject({ lane: 'bulk', sharedContext: true, context: {} });
    expect(own).not.toHaveProperty('sharedContext');
  });

  it('sends without a profile where the campaign says so', () => {
    const recipient = aRecipient({ unknownProfiles: 'send', context: undefined, profile: { firstName: 'Ada' } });

    const settled = settleRecipient(recipient, undefined, all);

    expect(settled).toMatchObject({ profileId: null, attributes: { firstName: 'Ada' }, consents: {}, context: {} });
  });

  it('excludes an unknown recipient where the campaign refuses them', () => {
    const settled = settleRecipient(aRecipient({ unknownProfiles: 'refuse' }), undefined, all);

    expect(ProfileRecipientExcluded.payload.parse(settled)).toMatchObject({ code: 'PROFILE_UNKNOWN' });
  });

  it('excludes a recipient without an address, and one whose address is malformed', () => {
    const noAddress = settleRecipient(aRecipient({ namespace: 'loyalty', userId: '4711' }), aProfile(), all);
    const malformed = settleRecipient(aRecipient({ channelData: { emailAddress: 'nonsense' } }), aProfile(), all);

    expect(noAddress).toMatchObject({ code: 'NO_ADDRESS' });
    expect(malformed).toMatchObject({ code: 'MALFORMED_ADDRESS' });
  });

  it('sends to the address that the call puts in place of the attribute', () => {
    const recipient = aRecipient({ profile: { email: 'new@shop.test' } });

    const settled = settleRecipient(recipient, aProfile({ attributes: { email: 'old@shop.test' } }), { ...all, needed: [] });

    expect(settled).toMatchObject({ address: 'new@shop.test', attributes: {} });
  });
});
