/** Asks for an execution over Kafka with kafkajs. Settings come from the environment: examples/README.md */
import { Kafka, logLevel } from 'kafkajs';

const TOPIC = 'trigger.execution-requested.v1';

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`Set ${name}.`);
  return value;
}

const requestId = setting('REQUEST_ID');
const campaignId = setting('CAMPAIGN_ID');
const userId = process.env.RECIPIENT;

const request = {
  imsOrg: setting('IMS_ORG'),
  sandbox: setting('SANDBOX'),
  kind: userId ? 'unitary' : 'audience',
  body: userId
    ? { requestId, campaignId, recipients: [{ type: 'aep', userId, namespace: 'email', context: { order: 4711 } }] }
    : { requestId, campaignId, context: { order: 4711 } },
};

const kafka = new Kafka({ clientId: 'example', brokers: setting('KAFKA_BROKERS').split(','), logLevel: logLevel.ERROR });
// A retry inside the client writes no second record; a second one would do no harm either.
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
await producer.connect();
try {
  const [written] = await producer.send({ topic: TOPIC, acks: -1, messages: [{ key: requestId, value: JSON.stringify(request) }] });
  process.stdout.write(`${requestId} is in ${TOPIC}, partition ${written?.partition}, offset ${written?.baseOffset}\n`);
} finally {
  await producer.disconnect();
}
