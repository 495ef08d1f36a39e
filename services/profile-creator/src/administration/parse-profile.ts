import { ProfileInput } from '@postrider/contracts';
import { normaliseIdentity, validateIdentity } from '@postrider/identity';
import type { InputFault } from '@postrider/runtime';
import { storabilityFault } from './storability.js';

/** One upsert, checked and normalised. */
export interface ProfileUpsert {
  /** Namespaces in lower case, values normalised, no two equal. */
  identities: { namespace: string; value: string }[];
  attributes: ProfileInput['attributes'];
  consents: ProfileInput['consents'];
}

export type ParsedProfile = { upsert: ProfileUpsert } | { faults: InputFault[] };

/**
 * Checks one body or line and lists every fault; texts of faults never hold the values.
 *
 * @param region how national phone numbers are read
 */
export function parseProfile(body: unknown, region: string): ParsedProfile {
  const parsed = ProfileInput.safeParse(body);
  if (!parsed.success) {
    return { faults: parsed.error.issues.map(({ path, message }) => ({ path: pointerOf(path), code: 'INVALID_BODY', message })) };
  }
  const faults = [...identityFaults(parsed.data), ...attributeFaults(parsed.data)];
  return faults.length > 0 ? { faults } : { upsert: normalised(parsed.data, region) };
}

function identityFaults({ identities }: ProfileInput): InputFault[] {
  return identities.flatMap(({ namespace, value }, index) => [
    ...faultAt(`/identities/${index}/value`, 'INVALID_IDENTITY', validateIdentity(value)),
    ...faultAt(`/identities/${index}/namespace`, 'INVALID_IDENTITY', validateIdentity(namespace)),
  ]);
}

function attributeFaults({ attributes, consents }: ProfileInput): InputFault[] {
  return [
    ...faultAt('/attributes', 'INVALID_BODY', storabilityFault(attributes)),
    ...faultAt('/consents', 'INVALID_BODY', storabilityFault(consents)),
  ];
}

function faultAt(path: string, code: string, message: string | undefined): InputFault[] {
  return message === undefined ? [] : [{ path, code, message }];
}

function normalised({ identities, attributes, consents }: ProfileInput, region: string): ProfileUpsert {
  const distinct = new Map<string, { namespace: string; value: string }>();
  for (const identity of identities) {
    const namespace = identity.namespace.toLowerCase();
    const value = normaliseIdentity(namespace, identity.value, region);
    distinct.set(`${namespace}\0${value}`, { namespace, value });
  }
  return { identities: [...distinct.values()], attributes, consents };
}

/** A JSON Pointer (RFC 6901). */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
