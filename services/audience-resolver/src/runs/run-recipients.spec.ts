import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { AudienceRecipientExcluded, RecipientResolved } from '@postrider/contracts';
import fc from 'fast-check';
import { anExecution } from '../../test/builders.js';
import { runOf, type AcceptedRun } from './accepted-run.js';
import type { RunMember } from './member-pages.js';
import { recipientsOf } from './run-recipients.js';

const aRun = (overrides: Partial<AcceptedRun['audience']> = {}): AcceptedRun => {
  const audience = { audienceId: 'gold', identityType: 'email', sharedContext: false, ...overrides };
  const run = runOf(anExecution({ lane: 'bulk', recipients: [], audience }));
  if (!run) throw new Error('not a run');
  return run;
};
const aMember = (overrides: Partial<RunMember> = {}): RunMember => ({ bucket: 1, profileId: randomUUID(), attributes: null, identity: 'ada@shop.test', ...overrides });

describe(recipientsOf.name, () => {
  it('gives each member one message, and the same one again', () => {
    const member = fc.record({ bucket: fc.nat(1_023), profileId: fc.uuid(), attributes: fc.constantFrom(null, { tier: 'gold' }), identity: fc.option(fc.string({ minLength: 1 })) });
    fc.assert(
      fc.property(fc.uniqueArray(member, { selector: ({ profileId }) => profileId }), fc.boolean(), (members, sharedContext) => {
        const run = aRun({ sharedContext });

        const { resolved, excluded } = recipientsOf(run, 'refuse', members);

        expect(recipientsOf(run, 'refuse', members)).toEqual({ resolved, excluded });
        expect(new Set([...resolved, ...excluded].map(({ messageId }) => messageId)).size).toBe(members.length);
        expect(excluded).toHaveLength(members.filter(({ identity }) => identity === null).length);
        resolved.forEach((one) => RecipientResolved.payload.parse(one));
        excluded.forEach((one) => AudienceRecipientExcluded.payload.parse(one));
      }),
    );
  });

  it('keeps the message of a person whose identity changed between two looks', () => {
    const [run, profileId] = [aRun(), randomUUID()];

    const [before] = recipientsOf(run, 'send', [aMember({ profileId, identity: 'ada@shop.test' })]).resolved;
    const [after] = recipientsOf(run, 'send', [aMember({ profileId, identity: 'ada@other.test' })]).resolved;
    const [without] = recipientsOf(run, 'send', [aMember({ profileId, identity: null })]).excluded;

    expect([after?.messageId, without?.messageId]).toEqual([before?.messageId, before?.messageId]);
    expect(after?.recipientKey).not.toBe(before?.recipientKey);
  });

  it('carries what the membership and the call say, and nothing that they do not', () => {
    const [plain] = recipientsOf(aRun(), 'create', [aMember()]).resolved;
    const [full] = recipientsOf(aRun({ sharedContext: true }), 'create', [aMember({ attributes: { tier: 'gold' } })]).resolved;

    expect(Object.keys(plain ?? {})).not.toEqual(expect.arrayContaining(['profile']));
    expect(plain).not.toHaveProperty('sharedContext');
    expect(full).toMatchObject({ profile: { tier: 'gold' }, sharedContext: true, unknownProfiles: 'create' });
  });
});
