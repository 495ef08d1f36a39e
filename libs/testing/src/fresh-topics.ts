import { randomBytes } from 'node:crypto';
import { ALL_MESSAGES, topicsOf } from '@postrider/contracts';
import { Kafka, logLevel } from 'kafkajs';
import { eventually } from './eventually.js';
import { testStack } from './test-stack.js';

export interface FreshTopics {
  /** For `KAFKA_TOPIC_PREFIX`: put before every topic and consumer group. */
  prefix: string;
  brokers: string[];
  drop(): Promise<void>;
}

/** Every topic of the house under a prefix of its own. */
export async function freshTopics(partitions = 2): Promise<FreshTopics> {
  const { kafkaBrokers: brokers } = testStack();
  const prefix = `spec-${randomBytes(4).toString('hex')}.`;
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  const topics = ALL_MESSAGES.flatMap((contract) =>
    topicsOf(contract).map((topic) => ({
      topic: prefix + topic,
      numPartitions: contract.compacted ? 1 : partitions,
      configEntries: contract.compacted ? [{ name: 'cleanup.policy', value: 'compact' }] : [],
    })),
  );
  await admin.connect();
  await admin.createTopics({ topics, waitForLeaders: false });
  await eventually(async () => {
    const { topics: described } = await admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) });
    if (described.some((topic) => topic.partitions.length === 0 || topic.partitions.some(({ leader }) => leader < 0))) throw new Error('a partition has no leader');
  });
  await admin.disconnect();
  return {
    prefix,
    brokers,
    drop: async () => {
      await admin.connect();
      const present = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
      await admin.deleteTopics({ topics: present });
      await admin.disconnect();
    },
  };
}
