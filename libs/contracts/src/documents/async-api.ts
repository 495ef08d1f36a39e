import { ALL_MESSAGES } from '../all-messages.js';
import { topicOf, type MessageContract } from '../define-message.js';
import type { Lane } from '../lane.js';
import { ExecutionCompleted } from '../messages/execution-completed.js';
import { StatusChanged } from '../messages/status-changed.js';
import { ExecutionRejected, ExecutionRequested } from '../messages/trigger.js';
import { jsonSchemaOf } from './json-schema.js';

/** What other systems may build on; every other topic may change with the services. */
const PUBLIC: readonly MessageContract[] = [StatusChanged, ExecutionCompleted, ExecutionRequested, ExecutionRejected];

/** CloudEvents 1.0, Kafka protocol binding, binary mode; W3C Trace Context. */
const HEADERS = {
  type: 'object',
  required: ['ce_id', 'ce_type', 'ce_source', 'ce_specversion', 'ce_time', 'content-type'],
  properties: {
    ce_id: { type: 'string', description: 'The identity of the fact; the same on every repetition, so repetitions can be told.' },
    ce_type: { type: 'string', description: 'The topic without prefix and lane.' },
    ce_source: { type: 'string', description: 'The service that published it.' },
    ce_specversion: { type: 'string', const: '1.0' },
    ce_time: { type: 'string', format: 'date-time' },
    'content-type': { type: 'string', const: 'application/json' },
    traceparent: { type: 'string', description: 'W3C Trace Context; the trace id is derived from the execution.' },
    'correlation-id': { type: 'string', description: 'The executionId, where there is one.' },
  },
};

interface Channel {
  contract: MessageContract;
  topic: string;
}

/** The AsyncAPI 3.0 document of every topic. */
export function asyncApiDocument(): object {
  const channels = ALL_MESSAGES.flatMap(channelsOf);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Postrider topics',
      version: '1',
      description: 'At least once, in order per key. An installation may put a prefix in front of each topic. Topics tagged `public` keep the compatibility rule for other systems; `internal` ones are the services\' own.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(channels.map((channel) => [channel.topic, describeChannel(channel)])),
    operations: Object.fromEntries(channels.filter(({ contract }) => PUBLIC.includes(contract)).map(describeOperation)),
    components: {
      messages: Object.fromEntries(ALL_MESSAGES.map((contract) => [contract.topic, describeMessage(contract)])),
      schemas: Object.fromEntries(ALL_MESSAGES.map((contract) => [contract.topic, schemaOf(contract)])),
      messageTraits: { envelope: { headers: HEADERS } },
    },
  };
}

function channelsOf(contract: MessageContract): Channel[] {
  const lanes: readonly (Lane | undefined)[] = contract.lanes ?? [undefined];
  return lanes.map((lane) => ({ contract, topic: topicOf(contract, lane) }));
}

function describeChannel({ contract, topic }: Channel): object {
  return {
    address: topic,
    tags: [{ name: PUBLIC.includes(contract) ? 'public' : 'internal' }],
    messages: { [contract.topic]: { $ref: reference('components', 'messages', contract.topic) } },
    bindings: { kafka: { topic, topicConfiguration: { 'cleanup.policy': [contract.compacted ? 'compact' : 'delete'] } } },
  };
}

function describeMessage(contract: MessageContract): object {
  return {
    name: contract.topic,
    contentType: 'application/json',
    bindings: { kafka: { key: { type: 'string', examples: [contract.key(contract.example)] } } },
    traits: [{ $ref: reference('components', 'messageTraits', 'envelope') }],
    payload: { $ref: reference('components', 'schemas', contract.topic) },
    examples: [{ payload: contract.example }],
  };
}

/** What a schema refers to in itself, it refers to in the document. */
function schemaOf(contract: MessageContract): object {
  const own = JSON.stringify(jsonSchemaOf(contract, 'draft-7'));
  return JSON.parse(own.replaceAll('"#/definitions/', `"${reference('components', 'schemas', contract.topic, 'definitions')}/`)) as object;
}

function describeOperation({ contract, topic }: Channel): [string, object] {
  return [topic, { action: contract === ExecutionRequested ? 'receive' : 'send', channel: { $ref: reference('channels', topic) } }];
}

const reference = (...names: string[]): string => `#/${names.join('/')}`;
