/**
 * Which addresses a webhook may reach.
 * Guarantee: only globally reachable unicast addresses pass; every range of the IANA special-purpose registries, and
 * every form that carries an IPv4 address inside an IPv6 one, is refused unless the carried address passes as well.
 * Limits: it knows addresses, not who stands behind them.
 * Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), IPv6 Global Unicast Address Assignments.
 */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Beside what ipaddr.js names other than `unicast`. */
const FORBIDDEN_V4 = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24',
  '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24',
  '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
  // A cloud's host agent behind a public address.
  '168.63.129.16/32',
].map((range) => ipaddr.IPv4.parseCIDR(range));

const GLOBAL_UNICAST_V6 = ipaddr.IPv6.parseCIDR('2000::/3');
const FORBIDDEN_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'].map((range) => ipaddr.IPv6.parseCIDR(range));

/** Whether a textual address, as sockets and resolvers give it, is a public one. */
export function isPublicAddress(text: string): boolean {
  const bare = text.replace(/%.*$/, '');
  if (!isIP(bare)) return false;
  const address = ipaddr.process(bare);
  return address instanceof ipaddr.IPv4 ? isPublicV4(address) : isPublicV6(address);
}

function isPublicV4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && !FORBIDDEN_V4.some((range) => address.match(range));
}

function isPublicV6(address: ipaddr.IPv6): boolean {
  return address.match(GLOBAL_UNICAST_V6) && address.range() === 'unicast' && !FORBIDDEN_V6.some((range) => address.match(range));
}
