import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';

/** Something on both sides of one `@`; whether mail can be sent there is another question. */
const MAILBOX = /^[^\s@]+@[^\s@]+$/;

/**
 * The form in which an identity is compared, keyed and looked up. Normalising twice changes nothing.
 *
 * - `email`: trimmed, lower case;
 * - `phone`: E.164; a national number is read as one of `region` (ISO 3166-1 alpha-2);
 * - every other namespace: exactly as given.
 *
 * An identity that does not parse as its namespace is kept as given: identities are opaque
 * (an e-mail address under `phone` is one too). Namespace codes compare case-insensitively.
 */
export function normaliseIdentity(namespace: string, value: string, region: string): string {
  switch (namespace.toLowerCase()) {
    case 'email':
      return normaliseEmail(value);
    case 'phone':
      return normalisePhone(value, region);
    default:
      return value;
  }
}

function normaliseEmail(value: string): string {
  const trimmed = value.trim();
  return MAILBOX.test(trimmed) ? trimmed.toLowerCase() : value;
}

function normalisePhone(value: string, region: string): string {
  const number = e164Of(value, region);
  // A few plans read a trunk prefix once more out of an international number; such a number stays as given.
  return number !== undefined && e164Of(number, region) === number ? number : value;
}

/** E.164, if the number has a possible length for its plan; an extension has no place in E.164. */
function e164Of(value: string, region: string): string | undefined {
  const parsed = parsePhoneNumberFromString(value.trim(), { defaultCountry: region.toUpperCase() as CountryCode, extract: false });
  return parsed?.isPossible() && !parsed.ext ? parsed.number : undefined;
}
