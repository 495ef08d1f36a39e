import { ALL_MESSAGES } from '@postrider/contracts';
import { KafkaConnection, createTopics } from '@postrider/kafka';
import { Logger } from '@postrider/runtime';

export interface TopicJob {
  brokers: string[];
  topicPrefix: string;
  partitions: number;
  replicationFactor: number;
}

/** For one broker on one machine. */
export const LOCAL_TOPICS = { topicPrefix: '', partitions: 12, replicationFactor: 1 } as const;

/** The topic job: creates what is missing of every topic of the house; answers what it created. */
export function makeTopics({ brokers, topicPrefix, ...options }: TopicJob): Promise<string[]> {
  const connection = new KafkaConnection({ brokers, clientId: 'topic-job', topicPrefix }, Logger.create('topic-job', 'error'));
  return createTopics(connection, ALL_MESSAGES, options);
}
