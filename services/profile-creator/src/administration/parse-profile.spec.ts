import { describe, expect, it } from '@jest/globals';
import { parseProfile } from './parse-profile.js';

const email = { namespace: 'email', value: 'ada@shop.test' };
const faultsOf = (body: unknown) => {
  const parsed = parseProfile(body, 'SE');
  return 'faults' in parsed ? parsed.faults : [];
};

describe(parseProfile.name, () => {
  it('normalises identities by the region, and takes equal ones once', () => {
    const identities = [{ namespace: 'Email', value: ' Ada@Shop.TEST ' }, email, { namespace: 'phone', value: '070-123 45 67' }];

    const parsed = parseProfile({ identities }, 'SE');

    expect(parsed).toEqual({ upsert: { identities: [email, { namespace: 'phone', value: '+46701234567' }], attributes: {}, consents: {} } });
  });

  it('lists every fault with its path, and never the value', () => {
    const faults = faultsOf({ identities: [{ namespace: 'email', value: 'bad\u0001value' }, { namespace: 'x\u0007', value: 'v' }], attributes: { a: 'nul\0' } });

    expect(faults.map(({ path, code }) => [path, code])).toEqual([
      ['/identities/0/value', 'INVALID_IDENTITY'],
      ['/identities/1/namespace', 'INVALID_IDENTITY'],
      ['/attributes', 'INVALID_BODY'],
    ]);
    expect(JSON.stringify(faults)).not.toContain('bad');
  });

  it.each([
    ['not an object', []],
    ['no identities', { identities: [] }],
    ['an unknown field', { identities: [email], atributes: {} }],
    ['a consent that is neither y nor n', { identities: [email], consents: { email: 'maybe' } }],
    ['text that is not Unicode', { identities: [email], attributes: { a: ['\ud800'] } }],
    ['a name that is not Unicode', { identities: [email], attributes: { '\ud800': 1 } }],
    ['a consent under a name with NUL', { identities: [email], consents: { 'e\0': 'y' } }],
  ])('refuses %s', (_, body) => {
    expect(faultsOf(body)).not.toEqual([]);
  });

  it('refuses what is nested too deep, without failing on it', () => {
    let nested: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) nested = [nested];

    expect(faultsOf({ identities: [email], attributes: { nested } })).toEqual([expect.objectContaining({ path: '/attributes' })]);
  });
});
