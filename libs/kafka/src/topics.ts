import { topicsOf, type MessageContract } from '@postrider/contracts';
import type { Admin, ITopicConfig } from 'kafkajs';
import type { KafkaConnection } from './connection.js';

export interface TopicOptions {
  partitions: number;
  replicationFactor: number;
  /** Put before each name; by default the connection's. */
  prefix?: string;
}

/** Above the 1 MiB that brokers take by default: an execution carries all of its recipients and their contexts. */
const MAX_MESSAGE_BYTES = 4 << 20;

/** A dead letter is rare and read by people: one partition keeps them in order. */
const DEAD_LETTER_RETENTION_MS = 30 * 24 * 3_600_000;

/** Creates what is missing of the contracts' topics and leaves the others as they are. Answers the names it created. */
export async function createTopics(connection: KafkaConnection, contracts: readonly MessageContract[], options: TopicOptions): Promise<string[]> {
  const wanted = contracts.flatMap((contract) => topicsOf(contract).map((topic) => configOf(topic, contract, { prefix: connection.topicPrefix, ...options })));
  return createMissing(connection, wanted);
}

/** Where records go that a group cannot handle. */
export function deadLetterTopicOf(group: string, topic: string): string {
  return `${group}.${topic}.dlq`;
}

/** Dead-letter topics for what a group consumes; names as they are on the cluster. */
export async function createDeadLetterTopics(connection: KafkaConnection, names: readonly string[]): Promise<void> {
  const configEntries = [
    { name: 'retention.ms', value: String(DEAD_LETTER_RETENTION_MS) },
    // A letter is larger than its record by the headers that say why.
    { name: 'max.message.bytes', value: String(2 * MAX_MESSAGE_BYTES) },
  ];
  await createMissing(connection, names.map((topic) => ({ topic, numPartitions: 1, configEntries })));
}

function configOf(name: string, contract: MessageContract, { partitions, replicationFactor, prefix }: TopicOptions): ITopicConfig {
  const configEntries = [{ name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) }];
  if (contract.compacted) configEntries.push({ name: 'cleanup.policy', value: 'compact' });
  // One partition where it is compacted: a table sees changes of different things in the order in which they were made.
  return { topic: `${prefix ?? ''}${name}`, numPartitions: contract.compacted ? 1 : partitions, replicationFactor, configEntries };
}

async function createMissing(connection: KafkaConnection, wanted: readonly ITopicConfig[]): Promise<string[]> {
  const admin = connection.kafka.admin();
  await admin.connect();
  try {
    const present = new Set(await admin.listTopics());
    const topics = wanted.filter(({ topic }) => !present.has(topic));
    // Several processes may create the same topic at the same time: kafkajs answers false to those that came second.
    if (topics.length > 0) await admin.createTopics({ topics, waitForLeaders: false });
    if (topics.length > 0) await leadersOf(admin, topics.map(({ topic }) => topic));
    return topics.map(({ topic }) => topic);
  } finally {
    await admin.disconnect();
  }
}

const LEADER_DEADLINE_MS = 15_000;
const LEADER_POLL_MS = 50;

/** Waits until each partition has a leader: the metadata of a new topic takes a moment to reach every broker. */
async function leadersOf(admin: Admin, topics: string[]): Promise<void> {
  const deadline = performance.now() + LEADER_DEADLINE_MS;
  for (;;) {
    try {
      const { topics: described } = await admin.fetchTopicMetadata({ topics });
      if (described.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0))) return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    if (performance.now() > deadline) throw new Error(`No leaders within ${LEADER_DEADLINE_MS} ms for: ${topics.join(', ')}`);
    await new Promise((done) => setTimeout(done, LEADER_POLL_MS));
  }
}
