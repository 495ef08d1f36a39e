import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { isPublicAddress } from './address-vetting.js';

/** The registries as they are written, apart from the list in the code. */
const SPECIAL_V4 = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24',
  '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
];
const SPECIAL_V6 = [
  '::/128', '::1/128', '::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20',
  '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8', '4000::/3', '8000::/1',
];

/** Any address of a range. */
function within(range: string): fc.Arbitrary<string> {
  const [base, bits] = ipaddr.parseCIDR(range);
  const bytes = base.toByteArray();
  return fc.uint8Array({ minLength: bytes.length, maxLength: bytes.length }).map((noise) => {
    const mixed = bytes.map((byte, index) => {
      const fixed = Math.max(0, Math.min(8, bits - index * 8));
      const mask = (0xff << (8 - fixed)) & 0xff;
      return (byte & mask) | (noise[index]! & ~mask & 0xff);
    });
    return ipaddr.fromByteArray(mixed).toString();
  });
}

describe(isPublicAddress.name, () => {
  it.each([...SPECIAL_V4, ...SPECIAL_V6])('refuses every address of %s', (range) => {
    fc.assert(
      fc.property(within(range), (address) => {
        expect(isPublicAddress(address)).toBe(false);
      }),
    );
  });

  it('judges an IPv4 address the same when it is mapped into IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address));
      }),
    );
  });

  it.each(['8.8.8.8', '1.1.1.1', '93.184.216.34', '2606:4700::1111', '2a00:1450:4001::64', '::ffff:8.8.8.8'])('permits %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each(['', 'localhost', '8.8.8', 'fe80::1%eth0', '2130706433', '0x7f.1', '168.63.129.16', '169.254.169.254', 'fd00:ec2::254'])('refuses %j', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
