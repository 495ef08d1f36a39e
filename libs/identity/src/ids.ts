/**
 * Guarantee: an id is a pure function of what it names, so every process, retry and replay arrives at the same one,
 * and a repeat is recognised by its id alone.
 * Limits: the formulas and {@link NAMESPACE} are part of the stored data; changing one makes every repeat look new.
 * Names are joined by NUL with the only free text (requestId, identity) last, so no two lists of parts collide.
 */
import { hash } from 'node:crypto';
import { bytesOfUuid, uuidV5 } from './uuid-v5.js';

/** The project's own namespace (RFC 9562 §6.6), drawn at random once. */
const NAMESPACE = bytesOfUuid('6f0f8f5e-2c1b-4d6a-9a41-7f3f7b0e5c92');
const RECIPIENT_KEY_LENGTH = 32;

/** `UMA-` and the UUIDv5 of tenant, campaign and the caller's requestId. */
export function executionIdOf(tenantId: string, campaignId: string, requestId: string): string {
  return `UMA-${uuidV5(NAMESPACE, `execution\0${tenantId}\0${campaignId}\0${requestId}`)}`;
}

/** `CMA-` and the UUIDv5 of tenant, campaign and the requestId: an execution whose recipients are the members of an audience. */
export function audienceExecutionIdOf(tenantId: string, campaignId: string, requestId: string): string {
  return `CMA-${uuidV5(NAMESPACE, `audience-execution\0${tenantId}\0${campaignId}\0${requestId}`)}`;
}

/** `SCH-` and the UUIDv5 of tenant, campaign and the requestId: an execution that is to come. */
export function scheduleIdOf(tenantId: string, campaignId: string, requestId: string): string {
  return `SCH-${uuidV5(NAMESPACE, `schedule\0${tenantId}\0${campaignId}\0${requestId}`)}`;
}

/** UUIDv5 of execution, recipient and channel: one message per recipient of an execution. */
export function messageIdOf(executionId: string, recipientKey: string, channel: string): string {
  return uuidV5(NAMESPACE, `message\0${executionId}\0${recipientKey}\0${channel}`);
}

/**
 * 32 hex digits (128 bits of SHA-256) that stand for one identity of one tenant in keys, logs and locks.
 *
 * @param normalised the value as `normaliseIdentity` gives it
 */
export function recipientKeyOf(tenantId: string, namespace: string, normalised: string): string {
  return hash('sha256', `${tenantId}\0${namespace.toLowerCase()}\0${normalised}`, 'hex').slice(0, RECIPIENT_KEY_LENGTH);
}
