import type { CallRecipient } from '@postrider/contracts';

/** An address that the call itself brings, and where it stands. */
export interface GivenAddress {
  address: string;
  /** JSON Pointer below the recipient. */
  path: string;
}

/** The call's own address, chosen as profile-creator chooses: `channelData`, else the attribute `email`. Blank counts as not there. */
export function givenAddressOf({ channelData, profile }: CallRecipient): GivenAddress | undefined {
  const direct = textOf(channelData?.emailAddress);
  if (direct !== undefined) return { address: direct, path: '/channelData/emailAddress' };
  const attribute = profile && Object.hasOwn(profile, 'email') ? textOf(profile['email']) : undefined;
  return attribute === undefined ? undefined : { address: attribute, path: '/profile/email' };
}

/** Where a message goes when no profile is asked. */
export function addressOf(recipient: CallRecipient, identity: string): string {
  return givenAddressOf(recipient)?.address ?? identity;
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}
