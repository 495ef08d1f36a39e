import { describe, expect, it } from '@jest/globals';
import { isWellFormedEmail } from '@postrider/identity';
import fc from 'fast-check';
import { chooseAddress, type AddressSources } from './choose-address.js';

const sources = (overrides: Partial<AddressSources> = {}): AddressSources => ({
  channelData: undefined,
  emailAttribute: undefined,
  identity: 'loyalty-1',
  namespace: 'loyalty',
  profileEmail: null,
  ...overrides,
});

const addressOf = (choice: ReturnType<typeof chooseAddress>): string | undefined => ('address' in choice ? choice.address : undefined);
const codeOf = (choice: ReturnType<typeof chooseAddress>): string | undefined => ('code' in choice ? choice.code : undefined);

const aText = fc.oneof(fc.emailAddress(), fc.string(), fc.constantFrom('', ' ', 'ada@shop.test', 'not an address', 'ada@shop.test\r\nBcc: x@y.test'));
const anySources: fc.Arbitrary<AddressSources> = fc.record({
  channelData: fc.option(fc.record({ emailAddress: fc.option(aText, { nil: undefined }) }), { nil: undefined }),
  emailAttribute: fc.oneof(aText, fc.constantFrom(undefined, null, 7, true, {}, ['ada@shop.test'])),
  identity: aText,
  namespace: fc.constantFrom('email', 'Email', 'phone', 'ecid', 'loyalty'),
  profileEmail: fc.option(aText, { nil: null }),
});

describe(chooseAddress.name, () => {
  it.each<[string, Partial<AddressSources>, string]>([
    ['the call, before all others', { channelData: { emailAddress: 'call@shop.test' }, emailAttribute: 'attribute@shop.test' }, 'call@shop.test'],
    ['the attribute, before the identity', { emailAttribute: 'attribute@shop.test', namespace: 'email', identity: 'ada@shop.test' }, 'attribute@shop.test'],
    ['the identity, where its namespace is that of the channel', { namespace: 'Email', identity: 'ada@shop.test', profileEmail: 'other@shop.test' }, 'ada@shop.test'],
    ['an e-mail identity of the profile', { profileEmail: 'profile@shop.test' }, 'profile@shop.test'],
    ['the next one, where a text is blank', { channelData: { emailAddress: ' ' }, emailAttribute: '', profileEmail: 'profile@shop.test' }, 'profile@shop.test'],
    ['the next one, where the attribute is not a text', { emailAttribute: { a: 1 }, profileEmail: 'profile@shop.test' }, 'profile@shop.test'],
    ['the address without the blanks around it', { channelData: { emailAddress: ' call@shop.test ' } }, 'call@shop.test'],
  ])('takes %s', (_, overrides, expected) => {
    expect(addressOf(chooseAddress(sources(overrides)))).toBe(expected);
  });

  it('finds none for an identity of another namespace, even if it looks like an address', () => {
    expect(codeOf(chooseAddress(sources({ namespace: 'phone', identity: 'ada@shop.test' })))).toBe('NO_ADDRESS');
  });

  it('does not go on to the next when the first one is malformed', () => {
    const choice = chooseAddress(sources({ channelData: { emailAddress: 'nonsense' }, emailAttribute: 'attribute@shop.test' }));

    expect(codeOf(choice)).toBe('MALFORMED_ADDRESS');
  });

  it('never gives an address that is not well formed, nor one that no source holds', () => {
    fc.assert(
      fc.property(anySources, (given) => {
        const address = addressOf(chooseAddress(given));

        if (address === undefined) return;
        const held = [given.channelData?.emailAddress, given.emailAttribute, given.identity, given.profileEmail];
        expect(isWellFormedEmail(address)).toBe(true);
        expect(held.map((text) => (typeof text === 'string' ? text.trim() : text))).toContain(address);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is decided by the call alone as soon as the call names an address', () => {
    fc.assert(
      fc.property(anySources, anySources, fc.emailAddress(), (one, other, emailAddress) => {
        const channelData = { emailAddress };

        expect(chooseAddress({ ...one, channelData })).toEqual(chooseAddress({ ...other, channelData }));
      }),
    );
  });

  it('says that there is no address exactly when no usable source holds a text', () => {
    fc.assert(
      fc.property(anySources, (given) => {
        const own = given.namespace.toLowerCase() === 'email' ? given.identity : undefined;
        const usable = [given.channelData?.emailAddress, given.emailAttribute, own, given.profileEmail];
        const nothing = usable.every((text) => typeof text !== 'string' || text.trim() === '');

        expect(codeOf(chooseAddress(given)) === 'NO_ADDRESS').toBe(nothing);
      }),
    );
  });
});
