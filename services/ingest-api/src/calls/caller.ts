import type { Principal } from '@postrider/auth';

/** For whom something is done: the tenant, and the key or the topic that asked. */
export type Caller = Pick<Principal, 'tenantId' | 'keyId'>;
