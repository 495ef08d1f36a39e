import { topicsOf, type MessageContract } from '@postrider/contracts';
import type { Admin, ITopicConfig } from 'kafkajs';
import type { KafkaConnection } from './connection.js';

export interface TopicOptions {
  partitions: number;
  replicationFactor: number;
}

/** A dead letter is rare and read by people: one partition keeps them in order. */
const DEAD_LETTER_RETENTION_MS = 30 * 24 * 3_600_000;

/** Creates what is missing of the contracts' topics and leaves the others as they are. Answers the names it created. */
export async function createTopics(connection: KafkaConnection, contracts: readonly MessageContract[], options: TopicOptions): Promise<string[]> {
  const wanted = contracts.flatMap((contract) => topicsOf(contract).map((topic) => configOf(connection.named(topic), contract, options)));
  return createMissing(connection, wanted);
}

/** Where records go that a group cannot handle. */
export function deadLetterTopicOf(group: string, topic: string): string {
  return `${group}.${topic}.dlq`;
}

/** Dead-letter topics for what a group consumes; names as they are on the cluster. */
export async function createDeadLetterTopics(connection: KafkaConnection, names: readonly string[]): Promise<void> {
  const configEntries = [{ name: 'retention.ms', value: String(DEAD_LETTER_RETENTION_MS) }];
  await createMissing(connection, names.map((topic) => ({ topic, numPartitions: 1, configEntries })));
}

function configOf(topic: string, contract: MessageContract, options: TopicOptions): ITopicConfig {
  if (!contract.compacted) return { topic, numPartitions: options.partitions, replicationFactor: options.replicationFactor };
  // One partition: a table sees changes of different things in the order in which they were made.
  return { topic, numPartitions: 1, replicationFactor: options.replicationFactor, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] };
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
