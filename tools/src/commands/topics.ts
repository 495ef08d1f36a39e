import { readOptions, type Command } from '../command.js';
import { makeTopics } from '../stack/topics.js';

export const topics: Command = {
  summary: 'creates the topics that are missing on a cluster',
  help: `npm run topics

Reads KAFKA_BROKERS, and optionally KAFKA_TOPIC_PREFIX, KAFKA_PARTITIONS (12) and
KAFKA_REPLICATION_FACTOR (3). Topics that exist are left as they are.`,
  async run(args) {
    readOptions(args, {});
    const { KAFKA_BROKERS, KAFKA_TOPIC_PREFIX = '', KAFKA_PARTITIONS = '12', KAFKA_REPLICATION_FACTOR = '3' } = process.env;
    if (!KAFKA_BROKERS) throw new Error('Set KAFKA_BROKERS.');
    const created = await makeTopics({
      brokers: KAFKA_BROKERS.split(','),
      topicPrefix: KAFKA_TOPIC_PREFIX,
      partitions: Number(KAFKA_PARTITIONS),
      replicationFactor: Number(KAFKA_REPLICATION_FACTOR),
    });
    console.log(created.length === 0 ? 'All topics exist.' : created.join('\n'));
    return 0;
  },
};
