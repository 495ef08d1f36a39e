import { uuidV5 } from '@postrider/identity';

/** A namespace of its own for `webhook-id`s (RFC 9562 §6.6), drawn at random once; part of the stored data. */
const NAMESPACE = Buffer.from('5d0b1f6a3c2e4b7f8a916e4d2c7b3f10', 'hex');

/** The `webhook-id` of one status for one endpoint: equal on every replay, so that a repeat is recognised by it. */
export function deliveryIdOf(endpointId: string, messageId: string, sequence: number): string {
  return uuidV5(NAMESPACE, `${sequence}\0${messageId}\0${endpointId}`);
}
