/** One identity of one tenant, as it is stored: namespace in lower case, value normalised. */
export interface StoredIdentity {
  tenantId: string;
  namespace: string;
  value: string;
}

/** Equal for equal identities; for maps and sets. */
export function identityKeyOf({ tenantId, namespace, value }: StoredIdentity): string {
  return `${tenantId}\0${namespace}\0${value}`;
}
