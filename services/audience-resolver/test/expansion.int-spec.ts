import type { INestApplication } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  AudienceRecipientExcluded, ExecutionAccepted, ExecutionResolved, RecipientResolved, topicOf, topicsOf,
  type MessageContract, type PayloadOf,
} from '@postrider/contracts';
import { MessagePublisher, deadLetterTopicOf } from '@postrider/kafka';
import { DependencyUnavailable, createService, listen, parseConfig } from '@postrider/runtime';
import { TopicReader, TopicWriter, eventually, freshDatabase, freshTopics, type FreshDatabase, type FreshTopics, type SeenRecord } from '@postrider/testing';
import { AppModule } from '../src/app.module.js';
import { configSchema } from '../src/config.js';
import { ExecutionAcceptedHandler } from '../src/expansion/execution-accepted.handler.js';
import { aRecipient, anExecution } from './builders.js';

const DEAD_LETTERS = deadLetterTopicOf('audience-resolver', topicOf(ExecutionAccepted));

let topics: FreshTopics;
let database: FreshDatabase;
let writer: TopicWriter;
let reader: TopicReader;
const running: INestApplication[] = [];

async function start(): Promise<INestApplication> {
  const config = parseConfig(configSchema, {
    HTTP_PORT: '0',
    LOG_LEVEL: 'silent',
    KAFKA_BROKERS: topics.brokers.join(),
    KAFKA_TOPIC_PREFIX: topics.prefix,
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    POSTGRES_URL: database.urlFor('audiences'),
    INTERNAL_TOKEN: 'spec-internal-token',
    PROFILE_CREATOR_URL: 'http://127.0.0.1:9',
  });
  const app = await createService(AppModule.with(config));
  await listen(app, config);
  running.push(app);
  return app;
}

const named = (contract: MessageContract): string => topics.prefix + topicOf(contract);
const idsOf = (records: readonly SeenRecord[]): (string | undefined)[] => records.map((record) => record.headers['ce_id']).sort();

/** What was published about these executions. */
function records(contract: MessageContract, executions: readonly ExecutionAccepted[]): SeenRecord[] {
  const ids = new Set(executions.map((one) => one.executionId));
  return reader.records(named(contract)).filter((record) => ids.has(record.headers['correlation-id'] ?? ''));
}

function payloads<Contract extends MessageContract>(contract: Contract, executions: readonly ExecutionAccepted[]): PayloadOf<Contract>[] {
  return records(contract, executions).map(({ value }) => contract.payload.parse(JSON.parse(String(value))) as PayloadOf<Contract>);
}
const outage = () => new DependencyUnavailable('kafka', new Error('spec'));

jest.setTimeout(60_000);

beforeAll(async () => {
  [topics, database] = await Promise.all([freshTopics(), freshDatabase()]);
  writer = await TopicWriter.start(topics.brokers, topics.prefix);
  const produced = [RecipientResolved, AudienceRecipientExcluded, ExecutionResolved].flatMap((contract) => topicsOf(contract));
  reader = await TopicReader.start(topics.brokers, produced.map((topic) => topics.prefix + topic));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

afterAll(async () => {
  await reader.stop();
  await writer.stop();
  await topics.drop();
  await database.drop();
});

describe(ExecutionAcceptedHandler.name, () => {
  it('publishes each recipient under its own key, and how many there are', async () => {
    const executions = Array.from({ length: 30 }, () => anExecution({ recipients: Array.from({ length: 20 }, () => aRecipient()) }));
    await start();

    await writer.write(ExecutionAccepted, executions);

    await eventually(() => expect(payloads(RecipientResolved, executions)).toHaveLength(600));
    await eventually(() => expect(payloads(ExecutionResolved, executions)).toHaveLength(30));
    expect(records(RecipientResolved, executions).map((record) => record.key).sort()).toEqual(executions.flatMap((one) => one.recipients.map((recipient) => recipient.recipientKey)).sort());
    expect(payloads(RecipientResolved, executions).map((one) => one.messageId).sort()).toEqual(
      executions.flatMap((one) => one.recipients.map((recipient) => recipient.messageId)).sort(),
    );
    expect(payloads(ExecutionResolved, executions).every((one) => one.targeted === 20)).toBe(true);
  });

  it('excludes a recipient that an execution names twice', async () => {
    const recipient = aRecipient();
    const execution = anExecution({ recipients: [recipient, recipient] });
    await start();

    await writer.write(ExecutionAccepted, [execution]);

    const [excluded] = await eventually(() => {
      expect(payloads(AudienceRecipientExcluded, [execution])).toHaveLength(1);
      return payloads(AudienceRecipientExcluded, [execution]);
    });
    expect(excluded).toMatchObject({ code: 'DUPLICATE', recipientKey: recipient.recipientKey });
    // Of several topics nobody says which is read first.
    await eventually(() => expect(payloads(ExecutionResolved, [execution])).toEqual([expect.objectContaining({ targeted: 2 })]));
    await eventually(() => expect(payloads(RecipientResolved, [execution])).toHaveLength(1));
  });

  it('says the same again, under the same ids, when an execution comes again', async () => {
    const execution = anExecution({ recipients: [aRecipient(), aRecipient()] });
    await start();

    await writer.write(ExecutionAccepted, [execution]);
    await eventually(() => expect(payloads(RecipientResolved, [execution])).toHaveLength(2));
    await writer.write(ExecutionAccepted, [execution]);
    await eventually(() => expect(payloads(RecipientResolved, [execution])).toHaveLength(4));

    const ids = idsOf(records(RecipientResolved, [execution]));
    expect(ids).toEqual(execution.recipients.flatMap(({ messageId }) => [`${messageId}/resolved`, `${messageId}/resolved`]).sort());
  });

  it('leaves an execution to the next process when it ends before everything was published', async () => {
    const execution = anExecution({ recipients: [aRecipient(), aRecipient()] });
    const dying = await start();
    const publisher = dying.get(MessagePublisher);
    const publish = publisher.publish.bind(publisher);
    // What a crash in the middle of publishing leaves: some of it stored, nothing committed.
    jest.spyOn(publisher, 'publish').mockImplementation(async (contract, messages) => {
      if (contract === ExecutionResolved) throw outage();
      await publish(contract, messages);
    });
    await writer.write(ExecutionAccepted, [execution]);
    await eventually(() => expect(payloads(RecipientResolved, [execution]).length).toBeGreaterThanOrEqual(2));

    await dying.close();
    await start();

    await eventually(() => expect(payloads(ExecutionResolved, [execution])).toEqual([expect.objectContaining({ executionId: execution.executionId, targeted: 2 })]));
    expect(new Set(idsOf(records(RecipientResolved, [execution]))).size).toBe(2);
  });

  it('puts a bad record aside and goes on with its neighbours', async () => {
    const good = [anExecution({ recipients: [aRecipient()] }), anExecution({ recipients: [aRecipient()] })];
    const letters = await TopicReader.start(topics.brokers, [(await start()) && topics.prefix + DEAD_LETTERS]);

    await writer.write(ExecutionAccepted, good.slice(0, 1));
    await writer.writeRaw(topicOf(ExecutionAccepted), 'bad', '{"not":"an execution"}');
    await writer.writeRaw(topicOf(ExecutionAccepted), 'bad', Buffer.from([0xff, 0x00]));
    await writer.write(ExecutionAccepted, good.slice(1));

    await eventually(() => expect(payloads(ExecutionResolved, good)).toHaveLength(2));
    await eventually(() => expect(letters.records()).toHaveLength(2));
    expect(letters.records().map((record) => record.headers['dlq-code'])).toEqual(['INVALID_MESSAGE', 'INVALID_MESSAGE']);
    await letters.stop();
  });

  it('waits while the broker does not take its messages, and loses none', async () => {
    const executions = Array.from({ length: 5 }, () => anExecution({ recipients: [aRecipient()] }));
    const publisher = (await start()).get(MessagePublisher);
    const publish = publisher.publish.bind(publisher);
    let refusals = 4;
    jest.spyOn(publisher, 'publish').mockImplementation(async (contract, messages) => {
      if (refusals-- > 0) throw outage();
      await publish(contract, messages);
    });

    await writer.write(ExecutionAccepted, executions);

    await eventually(() => expect(new Set(payloads(ExecutionResolved, executions).map((one) => one.executionId)).size).toBe(5));
    await eventually(() => expect(new Set(idsOf(records(RecipientResolved, executions))).size).toBe(5));
  });
});
