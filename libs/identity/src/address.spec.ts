import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isWellFormedEmail } from './index.js';

describe(isWellFormedEmail.name, () => {
  it.each(['ada@shop.test', "o'neil+tag@sub.shop.co.uk", 'a@b.xn--p1ai', `${'x'.repeat(64)}@shop.test`])('takes %s', (address) => {
    expect(isWellFormedEmail(address)).toBe(true);
  });

  it.each([
    '', '@', 'ada', 'ada@', '@shop.test', 'ada@shop', 'ada@@shop.test', 'a da@shop.test', '.ada@shop.test', 'ada.@shop.test', 'a..b@shop.test',
    'ada@-shop.test', 'ada@shop..test', 'ada@shop.test.', 'ada@127.0.0.1', 'ada@[127.0.0.1]', '"a b"@shop.test', 'åsa@shop.test', 'ada@bücher.test',
    ' ada@shop.test', 'ada@shop.test\r\nBcc: x@y.test', `${'x'.repeat(65)}@shop.test`, `ada@${'a.'.repeat(126)}test`, `ada@${'a'.repeat(64)}.test`,
  ])('refuses %j', (address) => {
    expect(isWellFormedEmail(address)).toBe(false);
  });

  it('never takes anything that could end a header or an SMTP command', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.constantFrom('\r', '\n', '\0', ' ', '<', '>', ',', ';'), fc.nat(), (address, bad, at) => {
        const position = at % (address.length + 1);

        expect(isWellFormedEmail(address.slice(0, position) + bad + address.slice(position))).toBe(false);
      }),
    );
  });
});
