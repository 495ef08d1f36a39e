import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RecipientReady } from '@postrider/contracts';
import { SmtpSink, eventually } from '@postrider/testing';
import { aCampaign, anExecution, type Campaign } from './builders.js';
import { INTERNAL_TOKEN, RunningService } from './running-service.js';

describe('the dispatcher in trouble', () => {
  let service: RunningService;
  let sink: SmtpSink;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    service = await RunningService.prepare(2);
    sink = await SmtpSink.start();
  });

  beforeEach(async () => {
    app = await service.start();
  });

  afterEach(async () => {
    sink.behaviour = {};
    await service.endAll();
  });

  afterAll(async () => {
    await service.drop();
    await sink.stop();
  });

  const aLiveCampaign = async (more: Parameters<typeof aCampaign>[1] = {}): Promise<Campaign> => {
    const campaign = aCampaign(sink.port, more);
    await service.configure(campaign);
    return campaign;
  };
  const timesReceived = (ready: readonly RecipientReady[]): number[] => ready.map(({ address }) => sink.mailsTo(address).length);
  const onceEach = (ready: readonly RecipientReady[]): number[] => ready.map(() => 1);
  const putOff = { data: () => ({ code: 450, text: '4.2.1 later' }) };

  it('sends all, and calls nothing unknown, when the ledger keeps an intent waiting for most of a lease', async () => {
    const execution = anExecution(await aLiveCampaign(), 20);
    await service.postgres.query('BEGIN; LOCK TABLE delivery.messages IN ACCESS EXCLUSIVE MODE');
    await service.send(execution);
    await eventually(async () => {
      const { rows } = await service.postgres.query("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'delivery.messages'::regclass");
      expect(rows.length).toBeGreaterThan(0);
    });
    await service.postgres.query("SELECT pg_sleep(1.2); COMMIT");

    expect(await service.settled(execution.executionId)).toMatchObject({ sent: 20, unknown: 0 });
    expect(timesReceived(execution.ready)).toEqual(onceEach(execution.ready));
  });

  it('goes on when the connections to the ledger are cut in the middle of sends', async () => {
    sink.behaviour = { delayMs: 30 };
    const execution = anExecution(await aLiveCampaign(), 40);
    await service.send(execution);
    await eventually(() => expect(timesReceived(execution.ready).some((times) => times > 0)).toBe(true));

    await service.postgres.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'dispatcher'");

    expect(await service.settled(execution.executionId)).toMatchObject({ sent: 40, unknown: 0 });
    expect(timesReceived(execution.ready)).toEqual(onceEach(execution.ready));
    await eventually(() => expect(new Set(service.statuses(execution.executionId).map(({ messageId }) => messageId)).size).toBe(40));
  });

  it('gives back what it has not begun when it is stopped, and sends that afterwards', async () => {
    sink.behaviour = { delayMs: 50 };
    const execution = anExecution(await aLiveCampaign(), 60);
    await service.send(execution);
    await eventually(() => expect(timesReceived(execution.ready).some((times) => times > 0)).toBe(true));

    await service.endAll();
    const states = await service.statesOf(execution.executionId);
    sink.behaviour = {};
    await service.start();

    expect(states).toContain('ready');
    expect(states).not.toContain('sending');
    expect(await service.settled(execution.executionId, 30_000)).toMatchObject({ sent: 60, unknown: 0 });
    expect(timesReceived(execution.ready)).toEqual(onceEach(execution.ready));
  });

  it('sends once what comes many times at once, to two processes', async () => {
    sink.behaviour = { delayMs: 20 };
    await service.start();
    const execution = anExecution(await aLiveCampaign(), 30);

    await Promise.all([service.send(execution), service.writer.write(RecipientReady, execution.ready), service.writer.write(RecipientReady, [...execution.ready].reverse())]);

    expect(await service.settled(execution.executionId, 30_000)).toMatchObject({ sent: 30 });
    expect(timesReceived(execution.ready)).toEqual(onceEach(execution.ready));
  });

  it.each([['never-twice', { unknown: 1, sent: 0 }, 1], ['never-lost', { unknown: 0, sent: 1 }, 2]] as const)(
    'treats silence after the last byte as a campaign wants it: %s',
    async (unknownOutcome, totals, times) => {
      sink.behaviour = { dropAfterData: (_recipient, attempt) => attempt === 1 };
      const execution = anExecution(await aLiveCampaign({ unknownOutcome }), 1);

      await service.send(execution);

      expect(await service.settled(execution.executionId)).toMatchObject(totals);
      expect(timesReceived(execution.ready)).toEqual([times]);
    },
  );

  it('cancels what waits for another try', async () => {
    sink.behaviour = putOff;
    const execution = anExecution(await aLiveCampaign(), 2);
    await service.send(execution);
    await eventually(async () => expect(await service.statesOf(execution.executionId)).toEqual(['retrying', 'retrying']));
    sink.behaviour = {};

    const answer = await fetch(`${await app.getUrl()}/internal/executions/${execution.executionId}/cancel`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-internal-token': INTERNAL_TOKEN },
      body: JSON.stringify({ tenantId: 'acme/prod', targeted: 2 }),
    });

    expect(await answer.json()).toEqual({ cancelled: 2, gone: 0 });
    expect(await service.settled(execution.executionId)).toMatchObject({ cancelled: 2 });
    expect(timesReceived(execution.ready)).toEqual([0, 0]);
  });

  it('ends what waits for another try when its campaign is stopped', async () => {
    sink.behaviour = putOff;
    const { campaign, ...rest } = await aLiveCampaign();
    const execution = anExecution({ campaign, ...rest }, 2);
    await service.send(execution);
    await eventually(async () => expect(await service.statesOf(execution.executionId)).toEqual(['retrying', 'retrying']));
    sink.behaviour = {};

    await service.change({ ...campaign, status: 'Stopped' });

    expect(await service.settled(execution.executionId)).toMatchObject({ cancelled: 2 });
    await eventually(() => expect(service.completions(execution.executionId)[0]?.totals).toMatchObject({ cancelled: 2, pending: 0 }));
    expect(timesReceived(execution.ready)).toEqual([0, 0]);
  });

  it('lets what waits expire at its time', async () => {
    sink.behaviour = putOff;
    const execution = anExecution(await aLiveCampaign(), 1, { expiresAt: new Date(Date.now() + 4_000).toISOString() });

    await service.send(execution);

    expect(await service.settled(execution.executionId)).toMatchObject({ expired: 1 });
    await eventually(() => expect(service.statuses(execution.executionId).map(({ state, attempts }) => [state, attempts])).toEqual([['retrying', 1], ['expired', 1]]));
  });

  it('waits for a configuration that is overtaken by its recipients, and excludes nobody for that', async () => {
    const campaign = aCampaign(sink.port);
    const [execution, other] = [anExecution(campaign, 5), anExecution(await aLiveCampaign(), 10)];

    await service.send(execution);
    await service.send(other);
    await service.settled(other.executionId);
    await service.configure(campaign);

    expect(await service.settled(execution.executionId)).toMatchObject({ sent: 5, excluded: 0 });
    expect(timesReceived(execution.ready)).toEqual(onceEach(execution.ready));
  });

  it('goes the new way when a channel configuration is corrected', async () => {
    const wrong = aCampaign(1);
    await service.configure(wrong);
    const execution = anExecution(wrong, 5);
    await service.send(execution);
    await eventually(async () => expect(await service.statesOf(execution.executionId)).toEqual(Array.from({ length: 5 }, () => 'retrying')));

    const { email } = wrong.channel;
    await service.change({ ...wrong.channel, email: { ...email, provider: { ...email.provider, port: sink.port } } });

    expect(await service.settled(execution.executionId)).toMatchObject({ sent: 5 });
    expect(timesReceived(execution.ready)).toEqual(onceEach(execution.ready));
  });
});
