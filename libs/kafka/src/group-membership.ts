/**
 * Two moments in the life of a group's member that kafkajs keeps to itself.
 * Guarantee: `beforeJoin` is awaited before each join, the first included, while offsets can still be committed in the old
 * generation; `beforeFetch` is called as each fetch begins, and what it answers is given the batches, empty ones included.
 * Limit: it knows the internals of kafkajs 2.2.4; its spec fails when they change.
 */
import { createRequire } from 'node:module';
import kafkajs, { type Batch, type PartitionAssigner } from 'kafkajs';

export interface MembershipListener {
  beforeJoin: () => Promise<void>;
  beforeFetch: () => (batches: readonly Batch[]) => void;
}

interface ConsumerGroup {
  assigners: readonly { [LISTENER]?: MembershipListener }[];
  joinAndSync(): Promise<void>;
  fetch(nodeId: string): Promise<Batch[]>;
}

interface ConsumerGroupClass {
  prototype: ConsumerGroup & { [GUARDED]?: boolean };
}

const LISTENER = Symbol('postrider.membership');
const GUARDED = Symbol('postrider.guarded');

/** The class inside of kafkajs; exported for the spec that watches it. */
export function consumerGroupClass(): ConsumerGroupClass {
  return createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup.js') as ConsumerGroupClass;
}

/** Round robin over the members; a consumer created with it tells the listener of its joins and fetches. */
export function assignerWith(listener: MembershipListener): PartitionAssigner {
  guardMembership();
  return (config) => ({ ...kafkajs.PartitionAssigners.roundRobin(config), [LISTENER]: listener });
}

/** Arms the hooks, once for the process; consumers without a listener behave as before. */
function guardMembership(): void {
  const { prototype } = consumerGroupClass();
  if (prototype[GUARDED]) return;
  const original = { join: methodOf(prototype, 'joinAndSync'), fetch: methodOf(prototype, 'fetch') };
  prototype.joinAndSync = async function joinAndSync(this: ConsumerGroup): Promise<void> {
    await listenerOf(this)?.beforeJoin();
    await original.join.call(this);
  };
  prototype.fetch = async function fetch(this: ConsumerGroup, nodeId: string): Promise<Batch[]> {
    const fetched = listenerOf(this)?.beforeFetch();
    const batches = await original.fetch.call(this, nodeId);
    fetched?.(batches);
    return batches;
  };
  prototype[GUARDED] = true;
}

function methodOf<Name extends 'joinAndSync' | 'fetch'>(prototype: ConsumerGroup, name: Name): ConsumerGroup[Name] {
  const { value } = Object.getOwnPropertyDescriptor(prototype, name) as { value: ConsumerGroup[Name] };
  return value;
}

function listenerOf({ assigners }: ConsumerGroup): MembershipListener | undefined {
  return assigners[0]?.[LISTENER];
}
