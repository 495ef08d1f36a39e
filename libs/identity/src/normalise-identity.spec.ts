import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normaliseIdentity } from './index.js';

const REGIONS = ['SE', 'US', 'GB', 'DE', 'RU', 'IT', 'BR', 'CI', 'AR', 'MX', 'KZ', 'xx'];
const aRegion = fc.constantFrom(...REGIONS);
const aPhone = fc
  .tuple(fc.constantFrom('', '+', '00', '0', '8', '1', '+1', '+7', '+39', '+46'), fc.stringMatching(/^[0-9 ()-]{4,14}$/))
  .map(([prefix, digits]) => prefix + digits);

describe(normaliseIdentity.name, () => {
  it.each([
    ['email', '  Ada@Shop.TEST ', 'ada@shop.test'],
    ['Email', 'ADA@shop.test', 'ada@shop.test'],
    ['email', 'ÅSA@shop.test', 'åsa@shop.test'],
    ['phone', '070-123 45 67', '+46701234567'],
    ['PHONE', '+46 (0)70 123 45 67', '+46701234567'],
    ['phone', '0046701234567', '+46701234567'],
    ['phone', '+1 213 373 4253', '+12133734253'],
  ])('reads %s "%s" as "%s"', (namespace, value, expected) => {
    expect(normaliseIdentity(namespace, value, 'SE')).toBe(expected);
  });

  it('reads a national number as one of the region', () => {
    expect(normaliseIdentity('phone', '(213) 373-4253', 'US')).toBe('+12133734253');
    expect(normaliseIdentity('phone', '(213) 373-4253', 'us')).toBe('+12133734253');
  });

  it.each([
    ['email', 'not an address'],
    ['email', ' @shop.test'],
    ['email', 'a@b@c'],
    ['phone', 'Ada@Shop.test'],
    ['phone', '12'],
    ['phone', '+46 70 123 45 67 ext. 5'],
    ['phone', 'call 070-123 45 67 now'],
    ['ecid', ' Mixed CASE '],
    ['loyalty', '0701234567'],
  ])('keeps what does not parse, and other namespaces, as given: %s "%s"', (namespace, value) => {
    expect(normaliseIdentity(namespace, value, 'SE')).toBe(value);
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('email', 'phone', 'ecid'),
        fc.oneof(fc.emailAddress(), aPhone, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })),
        aRegion,
        (namespace, value, region) => {
          const once = normaliseIdentity(namespace, value, region);

          expect(normaliseIdentity(namespace, once, region)).toBe(once);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('gives one form to an address however it is cased and padded', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.constantFrom('', ' ', '\t'), (address, space) => {
        expect(normaliseIdentity('email', space + address.toUpperCase() + space, 'SE')).toBe(normaliseIdentity('email', address, 'SE'));
      }),
    );
  });
});
