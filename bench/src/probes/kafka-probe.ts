import { Kafka, logLevel } from 'kafkajs';
import { repeat, type Probe } from './probe.js';

const BATCH = 100;
const TOPIC = 'bench.probe.v1';

/** kafkajs: 1 KB messages produced in batches of 100 with acks of all, while a consumer reads them. */
export const F2: Probe = async ({ kafkaBrokers }) => {
  const kafka = new Kafka({ brokers: kafkaBrokers, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 12 }] });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const consumer = kafka.consumer({ groupId: `bench-probe-${process.pid}` });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC });
  await consumer.run({ eachBatch: async () => undefined });
  const messages = Array.from({ length: BATCH }, (_, i) => ({ key: `k${i}`, value: 'x'.repeat(1_000) }));
  const operations = await repeat(async () => {
    await producer.send({ topic: TOPIC, acks: -1, messages });
    return BATCH;
  });
  await consumer.disconnect();
  await producer.disconnect();
  await admin.deleteTopics({ topics: [TOPIC] });
  await admin.disconnect();
  return operations;
};
