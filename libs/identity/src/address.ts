/** RFC 5321 limits, in octets: whole path without brackets, and local part. */
const ADDRESS_MAX = 254;
const LOCAL_MAX = 64;
const DOMAIN_MAX = 253;

/** Dot-string of RFC 5321 §4.1.2: atoms of ASCII, never two dots in a row. */
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/**
 * Whether mail can be addressed to this: a dot-string, an `@`, and a domain of at least two labels.
 * Refused on purpose: quoted local parts, address literals, and anything outside ASCII (an international
 * domain is written in its `xn--` form), because not every server on the way takes them.
 * It says nothing about whether the mailbox exists.
 */
export function isWellFormedEmail(address: string): boolean {
  if (address.length > ADDRESS_MAX) return false;
  const at = address.lastIndexOf('@');
  if (at < 1 || at > LOCAL_MAX) return false;
  return LOCAL_PART.test(address.slice(0, at)) && isDomain(address.slice(at + 1));
}

function isDomain(domain: string): boolean {
  if (domain.length > DOMAIN_MAX) return false;
  const labels = domain.split('.');
  const top = labels.at(-1) ?? '';
  return labels.length > 1 && !/^\d+$/.test(top) && labels.every((label) => LABEL.test(label));
}
