/**
 * What kafkajs keeps to itself about the life of a group's member.
 * Guarantee: `beforeJoin` is awaited before each join, the first included, while offsets can still be committed in the old
 * generation; `beforeFetch` is called as each fetch begins, and what it answers is given the batches, empty ones included.
 * A consumer that the client restarts joins as the member that it was: as a new one, it would have to wait until the session
 * of the old one is over. A broker that has forgotten the member makes the client join as a new one.
 * Limit: it knows the internals of kafkajs 2.2.4; its spec fails when they change.
 */
import { createRequire } from 'node:module';
import kafkajs, { type Batch, type PartitionAssigner } from 'kafkajs';

export interface MembershipListener {
  beforeJoin: () => Promise<void>;
  beforeFetch: () => (batches: readonly Batch[]) => void;
}

interface ConsumerGroup {
  assigners: readonly { [LISTENER]?: Membership }[];
  memberId: string | null;
  joinAndSync(): Promise<void>;
  fetch(nodeId: string): Promise<Batch[]>;
}

interface ConsumerGroupClass {
  prototype: ConsumerGroup & { [GUARDED]?: boolean };
}

/** One consumer's, across the groups that the client makes for it, one at each restart. */
interface Membership {
  listener: MembershipListener;
  last?: { group: ConsumerGroup; memberId: string | null };
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
  const membership: Membership = { listener };
  return (config) => ({ ...kafkajs.PartitionAssigners.roundRobin(config), [LISTENER]: membership });
}

/** Arms the hooks, once for the process; consumers without a listener behave as before. */
function guardMembership(): void {
  const { prototype } = consumerGroupClass();
  if (prototype[GUARDED]) return;
  const original = { join: methodOf(prototype, 'joinAndSync'), fetch: methodOf(prototype, 'fetch') };
  prototype.joinAndSync = async function joinAndSync(this: ConsumerGroup): Promise<void> {
    const membership = membershipOf(this);
    if (!membership) return original.join.call(this);
    await membership.listener.beforeJoin();
    if (membership.last?.group !== this) this.memberId ??= membership.last?.memberId ?? null;
    await original.join.call(this);
    membership.last = { group: this, memberId: this.memberId };
  };
  prototype.fetch = async function fetch(this: ConsumerGroup, nodeId: string): Promise<Batch[]> {
    const fetched = membershipOf(this)?.listener.beforeFetch();
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

function membershipOf({ assigners }: ConsumerGroup): Membership | undefined {
  return assigners[0]?.[LISTENER];
}
