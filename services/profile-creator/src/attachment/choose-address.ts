import { isWellFormedEmail } from '@postrider/identity';

/** Everything that an e-mail address can come from. */
export interface AddressSources {
  channelData: { emailAddress?: string | undefined } | undefined;
  /** The profile's, with the call's overrides merged in. */
  emailAttribute: unknown;
  /** The recipient's own identity, as it is looked up. */
  identity: string;
  namespace: string;
  /** An identity of the profile in the namespace `email`. */
  profileEmail: string | null;
}

export type AddressChoice =
  | { address: string }
  | { code: 'NO_ADDRESS' | 'MALFORMED_ADDRESS'; reason: string };

const NO_ADDRESS: AddressChoice = {
  code: 'NO_ADDRESS',
  reason: 'Neither the call nor the profile has an e-mail address, and the identity is not one.',
};
const MALFORMED_ADDRESS: AddressChoice = { code: 'MALFORMED_ADDRESS', reason: 'The e-mail address is not well formed.' };

/**
 * Where an e-mail goes: the call's `channelData`, else the attribute `email`, else the identity that the call named where
 * its namespace is `email`, else another e-mail identity of the profile. The first that is there decides: a malformed one is
 * never passed over for the next, which might be somebody else's. Blank text counts as not there.
 */
export function chooseAddress(sources: AddressSources): AddressChoice {
  const named = sources.namespace.toLowerCase() === 'email' ? sources.identity : undefined;
  const address =
    textOf(sources.channelData?.emailAddress) ?? textOf(sources.emailAttribute) ?? textOf(named) ?? textOf(sources.profileEmail);
  if (address === undefined) return NO_ADDRESS;
  return isWellFormedEmail(address) ? { address } : MALFORMED_ADDRESS;
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}
