import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ProfileRecipientExcluded, RecipientReady } from '@postrider/contracts';
import { compareEntities, openDataSource } from '@postrider/database';
import { SmtpSink, TopicReader, eventually, putOffFirst } from '@postrider/testing';
import { entities, migrations, schema } from '../src/data-source.js';
import { recordOutcomes } from '../src/ledger/record-outcomes.js';
import { Sql } from '@postrider/database';
import { aCampaign, anExecution } from './builders.js';
import { INTERNAL_TOKEN, RunningService } from './running-service.js';

describe('the dispatcher', () => {
  let service: RunningService;
  let sink: SmtpSink;

  beforeAll(async () => {
    service = await RunningService.prepare();
    sink = await SmtpSink.start();
    await service.start();
  });

  afterEach(() => {
    sink.behaviour = {};
  });

  afterAll(async () => {
    await service.drop();
    await sink.stop();
  });

  const aLiveCampaign = async (...more: Parameters<typeof aCampaign> extends [number, ...infer Rest] ? Rest : never) => {
    const campaign = aCampaign(sink.port, ...more);
    await service.configure(campaign);
    return campaign;
  };

  it('sends each recipient its mail, says so, and counts it', async () => {
    const execution = anExecution(await aLiveCampaign(), 50);

    await service.send(execution);

    expect(await service.settled(execution.executionId)).toMatchObject({ targeted: 50, sent: 50, pending: 0 });
    const mail = await sink.mailsTo(execution.ready[7]?.address ?? '')[0]?.parse();
    expect([mail?.subject, mail?.messageId]).toEqual(['Order 7', `<${execution.ready[7]?.messageId}@shop.test>`]);
    await eventually(() => expect(service.statuses(execution.executionId).map(({ state, sequence }) => [state, sequence])).toEqual(Array.from({ length: 50 }, () => ['sent', 1])));
    await eventually(() => expect(service.completions(execution.executionId)[0]?.totals).toMatchObject({ targeted: 50, sent: 50 }));
  });

  it('sends nothing again when records come again, and an invalid one among them harms nobody', async () => {
    const execution = anExecution(await aLiveCampaign(), 20);
    await service.send(execution);
    await service.settled(execution.executionId);
    const after = anExecution(await aLiveCampaign(), 1);

    await service.writer.write(RecipientReady, execution.ready);
    await service.writer.writeRaw(service.readyTopic, 'poison', '{"no": "recipient"}');
    await service.send(after);
    await service.settled(after.executionId);

    for (const { address } of execution.ready) expect(sink.mailsTo(address).length).toBe(1);
    const letters = await TopicReader.start(service.topics.brokers, [`${service.topics.prefix}dispatcher.${service.readyTopic}.dlq`]);
    await eventually(() => expect(letters.records().length).toBe(1));
    await letters.stop();
  });

  it('tells again what the ledger says when Redis has forgotten everything, and sends nothing', async () => {
    const execution = anExecution(await aLiveCampaign(), 5);
    await service.send(execution);
    await service.settled(execution.executionId);
    await service.endAll();
    await service.start({ REDIS_URL: 'redis://127.0.0.1:1' });

    await service.writer.write(RecipientReady, execution.ready);

    await eventually(() => expect(service.statuses(execution.executionId).length).toBe(10));
    expect(new Set(service.statuses(execution.executionId).map(({ messageId, sequence }) => `${messageId}/${sequence}`)).size).toBe(5);
    for (const { address } of execution.ready) expect(sink.mailsTo(address).length).toBe(1);
  });

  it('waits for a mail server that is away, spends no attempt on that, and loses nothing', async () => {
    const execution = anExecution(await aLiveCampaign(), 30);
    await sink.pause();

    await service.send(execution);
    await eventually(async () => expect(await service.statesOf(execution.executionId)).toEqual(Array.from({ length: 30 }, () => 'retrying')));
    await sink.resume();

    expect(await service.settled(execution.executionId, 40_000)).toMatchObject({ sent: 30 });
    for (const { address } of execution.ready) expect(sink.mailsTo(address).length).toBe(1);
    await eventually(() => {
      const sent = service.statuses(execution.executionId).filter(({ state }) => state === 'sent');
      expect(sent.map(({ attempts }) => attempts)).toEqual(Array.from({ length: 30 }, () => 1));
    });
  });

  it('tries again what is put off, and gives up on what is refused for good', async () => {
    const execution = anExecution(await aLiveCampaign(), 2);
    const [deferred, refused] = execution.ready.map(({ address }) => address);
    const data = putOffFirst(1);
    sink.behaviour = {
      data: (recipient, attempt) => (recipient === deferred ? data(recipient, attempt) : undefined),
      recipient: (recipient) => (recipient === refused ? { code: 550, text: '5.1.1 no such user' } : undefined),
    };

    await service.send(execution);
    await eventually(async () => expect(await service.statesOf(execution.executionId)).toEqual(['failed', 'retrying']));
    await service.postgres.query('UPDATE delivery.retries SET due_at = now() WHERE execution_id = $1', [execution.executionId]);

    expect(await service.settled(execution.executionId)).toMatchObject({ sent: 1, failed: 1 });
    await eventually(() => {
      const told = service.statuses(execution.executionId);
      expect(told.filter(({ address }) => address === deferred).map(({ state, attempts }) => [state, attempts])).toEqual([['retrying', 1], ['sent', 2]]);
      expect(told.find(({ address }) => address === refused)?.failure).toMatchObject({ category: 'hard', code: '5.1.1' });
    });
  });

  it('sends nothing to an address that was said not to exist', async () => {
    const campaign = await aLiveCampaign();
    const address = `gone-${Date.now()}@shop.test`;
    const [first, second] = [anExecution(campaign, 1, { address }), anExecution(campaign, 1, { address })];
    sink.behaviour = { recipient: () => ({ code: 550, text: '5.1.1 no such user' }) };
    await service.send(first);
    const refused = await service.settled(first.executionId);
    sink.behaviour = {};

    await service.send(second);

    expect(refused).toMatchObject({ failed: 1, sent: 0 });
    expect(await service.settled(second.executionId)).toMatchObject({ excluded: 1, sent: 0, failed: 0 });
    await eventually(() => expect(service.statuses(second.executionId)).toEqual([expect.objectContaining({ state: 'excluded', code: 'SUPPRESSED' })]));
    expect(sink.mailsTo(address)).toEqual([]);
  });

  it('keeps account of those whom others excluded, once', async () => {
    const { executionId, ready, resolved } = anExecution(await aLiveCampaign(), 1);
    const { address: _address, attributes: _attributes, consents: _consents, context: _context, profileId: _profileId, readyAt: _readyAt, ...fields } = ready[0] as RecipientReady;
    const excluded = { ...fields, code: 'NO_ADDRESS' as const, reason: 'None.' };

    await service.writer.write(ProfileRecipientExcluded, [excluded]);
    await service.send({ ready: [], resolved }).catch(() => undefined);
    await service.writer.write(ProfileRecipientExcluded, [excluded]);

    await eventually(async () => expect(await service.statesOf(executionId)).toEqual(['excluded']));
    await eventually(() => expect(service.statuses(executionId)[0]).toMatchObject({ state: 'excluded', code: 'NO_ADDRESS' }));
  });

  it('does not send what is too late, nor what a stopped campaign still had', async () => {
    const [late, stopped] = [await aLiveCampaign(), aCampaign(sink.port)];
    await service.configure({ ...stopped, campaign: { ...stopped.campaign, status: 'Stopped' } });
    const expired = anExecution(late, 3, { expiresAt: new Date(Date.now() - 1_000).toISOString() });
    const cancelled = anExecution(stopped, 3);

    await service.send(expired);
    await service.send(cancelled);

    expect(await service.settled(expired.executionId)).toMatchObject({ targeted: 3, expired: 3 });
    expect(await service.settled(cancelled.executionId)).toMatchObject({ targeted: 3, cancelled: 3 });
    for (const { address } of [...expired.ready, ...cancelled.ready]) expect(sink.mailsTo(address)).toEqual([]);
  });

  it('cancels what has not been sent, and only for those who show the token', async () => {
    const app = await service.start({ KAFKA_TOPIC_PREFIX: service.topics.prefix });
    const execution = anExecution(await aLiveCampaign(), 2);
    const url = `${await app.getUrl()}/internal/executions/${execution.executionId}/cancel`;
    const ask = (headers: Record<string, string>) =>
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ tenantId: 'acme/prod', targeted: 2 }) });

    const stranger = await ask({});
    const answer = await ask({ 'x-internal-token': INTERNAL_TOKEN });
    await service.send(execution);

    expect([stranger.status, answer.status]).toEqual([401, 200]);
    expect(await answer.json()).toEqual({ cancelled: 2, gone: 0 });
    expect(await service.settled(execution.executionId)).toMatchObject({ cancelled: 2 });
  });

  it('lets nobody record who has lost the attempt', async () => {
    const execution = anExecution(await aLiveCampaign(), 1);
    await service.send(execution);
    await service.settled(execution.executionId);
    const dataSource = await openDataSource({ url: service.database.urlFor('delivery'), poolSize: 1, statementTimeoutMs: 5_000, schema, entities, migrations, applicationName: 'spec' });
    const outcome = { messageId: execution.ready[0]?.messageId ?? '', state: 'failed' as const, tries: 1 as const, code: 'X', reason: null, failure: null, responseCode: null, responseMs: null };

    const { changed } = await recordOutcomes(Sql.of(dataSource), [outcome], { token: '00000000-0000-4000-8000-000000000000', now: new Date() });
    const differences = await compareEntities(dataSource);
    await dataSource.destroy();

    expect(changed.size).toBe(0);
    expect(await service.settled(execution.executionId)).toMatchObject({ sent: 1, failed: 0 });
    expect(differences).toEqual([]);
  });
});
