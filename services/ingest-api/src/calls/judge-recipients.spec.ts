import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TENANT, aCallRecipient, aCampaign } from '../../test/builders.js';
import { judgeRecipients } from './judge-recipients.js';
import type { LiveCampaign } from './live-campaigns.js';

const aLive = (region = 'SE', identityType = 'email'): LiveCampaign => ({ ...aCampaign({}, { identityType, unknownProfiles: 'create' }), checkContext: () => [], region });
const emailsWith = (dress: (email: string, index: number) => string) => (emails: string[]) => emails.map((email, i) => aCallRecipient({ userId: dress(email, i) }));

describe(judgeRecipients.name, () => {
  it('answers each recipient in its place, as it was written, with its identity as it is compared', () => {
    const written = [' Ada@Shop.test ', 'bob@shop.test'].map((userId) => aCallRecipient({ userId }));

    const judged = judgeRecipients(written, aLive(), TENANT);

    expect(judged.map(({ index, identity, recipient }) => ({ index, identity, recipient }))).toEqual([
      { index: 0, identity: 'ada@shop.test', recipient: written[0] },
      { index: 1, identity: 'bob@shop.test', recipient: written[1] },
    ]);
  });

  it('finds somebody twice in whatever case and blanks, and nobody twice who is not', () => {
    const emails = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/).map((name) => `${name}@shop.test`), { minLength: 1, maxLength: 9 });
    const dressed = emailsWith((email, i) => (i % 2 === 0 ? ` ${email.toUpperCase()} ` : email));

    fc.assert(
      fc.property(emails, (distinct) => {
        const judged = judgeRecipients(dressed(distinct), aLive(), TENANT);

        expect(new Set(judged.map(({ recipientKey }) => recipientKey)).size).toBe(distinct.length);
        expect(() => judgeRecipients([...dressed(distinct), aCallRecipient({ userId: distinct[0] ?? '' })], aLive(), TENANT))
          .toThrow(expect.objectContaining({ code: 'DUPLICATE_RECIPIENT', faults: [expect.objectContaining({ index: distinct.length, message: expect.stringContaining(`0 and ${distinct.length}`) })] }));
      }),
    );
  });

  it('reads national phone numbers as the sandbox does', () => {
    const numbers = ['070-123 45 67', '+46701234567'].map((userId) => aCallRecipient({ userId, namespace: 'phone' }));

    expect(() => judgeRecipients(numbers, aLive('SE', 'phone'), TENANT)).toThrow(expect.objectContaining({ code: 'DUPLICATE_RECIPIENT' }));
    expect(judgeRecipients(numbers, aLive('GB', 'phone'), TENANT)).toHaveLength(2);
  });

  it('compares an identity that does not parse as it is given', () => {
    const opaque = ['ada@shop.test', 'ADA@shop.test'].map((userId) => aCallRecipient({ userId, namespace: 'phone' }));

    expect(judgeRecipients(opaque, aLive('SE', 'phone'), TENANT).map(({ identity, faults }) => [identity, faults])).toEqual([['ada@shop.test', []], ['ADA@shop.test', []]]);
  });

  it('takes contexts of 200 KB together and not one byte more', () => {
    const contexts = (bytes: number) => [aCallRecipient({ context: { a: 'x'.repeat(bytes - 8) } })];

    expect(judgeRecipients(contexts(204_800), aLive(), TENANT)).toHaveLength(1);
    expect(() => judgeRecipients(contexts(204_801), aLive(), TENANT)).toThrow(expect.objectContaining({ code: 'CONTEXT_TOO_LARGE', status: 413 }));
  });

  it('gives the same person another key in another tenant', () => {
    const ada = [aCallRecipient({ userId: 'ada@shop.test' })];
    const [here, there] = [TENANT, 'acme/dev'].map((tenantId) => judgeRecipients(ada, aLive(), tenantId)[0]?.recipientKey);

    expect(here).not.toBe(there);
  });
});
