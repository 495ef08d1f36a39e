import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RecipientReady } from '@postrider/contracts';
import { RecipientLocks, type ClaimAnswer } from '@postrider/locks';
import { SmtpSink, eventually } from '@postrider/testing';
import { TENANT, aCampaign, anExecution, type Campaign } from './builders.js';
import { INTERNAL_TOKEN, RunningService } from './running-service.js';

type Execution = ReturnType<typeof anExecution>;

describe('an execution that is paused', () => {
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

  const configured = async (more: Parameters<typeof aCampaign>[1] = {}): Promise<Campaign> => {
    const campaign = aCampaign(sink.port, more);
    await service.configure(campaign);
    return campaign;
  };
  const ask = async (what: 'pause' | 'resume' | 'cancel', { executionId }: Execution, body: object = {}): Promise<{ status: number; answer: unknown }> => {
    const response = await fetch(`${await app.getUrl()}/internal/executions/${executionId}/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-internal-token': INTERNAL_TOKEN },
      body: JSON.stringify({ tenantId: TENANT, ...body }),
    });
    return { status: response.status, answer: await response.json() };
  };
  const received = ({ ready }: Execution): number => ready.reduce((sum, { address }) => sum + sink.mailsTo(address).length, 0);
  const parked = async ({ executionId }: Execution): Promise<number> => {
    const { rows } = await service.postgres.query<{ count: string }>('SELECT count(*) AS count FROM delivery.retries WHERE parked AND execution_id = $1', [executionId]);
    return Number(rows[0]?.count);
  };

  const claimsOfAnother = ({ ready }: Execution): Promise<ClaimAnswer[]> => {
    const locks = app.get(RecipientLocks, { strict: false });
    return locks.claim(ready.map(({ messageId }) => messageId), 'another');
  };

  it('sends nothing of what comes meanwhile, and all of it afterwards, each once', async () => {
    const [held, other] = [anExecution(await configured(), 40), anExecution(await configured(), 10)];
    const paused = await ask('pause', held);

    await service.send(held);
    await service.send(other);
    await service.settled(other.executionId);
    await eventually(async () => expect(await parked(held)).toBe(40));
    const meanwhile = received(held);
    await eventually(async () => expect(new Set(await claimsOfAnother(held))).toEqual(new Set(['claimed'])));
    const resumed = await ask('resume', held);

    expect([paused, resumed]).toEqual([{ status: 200, answer: {} }, { status: 200, answer: {} }]);
    expect(meanwhile).toBe(0);
    expect(await service.settled(held.executionId)).toMatchObject({ targeted: 40, sent: 40, unknown: 0 });
    expect(received(held)).toBe(40);
  });

  it('stops in the middle of its rate, and goes on at the rate after it', async () => {
    const execution = anExecution(await configured({ sendRatePerSecond: 40 }), 120);
    await service.send(execution);
    await eventually(() => expect(received(execution)).toBeGreaterThan(10));

    await ask('pause', execution);
    const atPause = received(execution);
    await eventually(async () => expect(await parked(execution)).toBe(120 - atPause));
    const tally = await service.tally(execution.executionId);
    const resumedAt = Date.now();
    await ask('resume', execution);

    expect(tally).toMatchObject({ sent: atPause, pending: 120 - atPause });
    expect(await service.settled(execution.executionId)).toMatchObject({ sent: 120, unknown: 0 });
    expect(Date.now() - resumedAt).toBeGreaterThan(((120 - atPause) / 40) * 800);
    expect(received(execution)).toBe(120);
  });

  it('holds what waits for a further try when its time comes', async () => {
    sink.behaviour = { data: () => ({ code: 451, text: '4.7.1 later' }) };
    const execution = anExecution(await configured(), 3);
    await service.send(execution);
    await eventually(async () => expect(await service.statesOf(execution.executionId)).toEqual(['retrying', 'retrying', 'retrying']));
    await ask('pause', execution);
    sink.behaviour = {};

    await service.postgres.query('UPDATE delivery.retries SET due_at = now() WHERE execution_id = $1', [execution.executionId]);
    await eventually(async () => expect(await parked(execution)).toBe(3));
    const meanwhile = received(execution);
    await ask('resume', execution);

    expect(meanwhile).toBe(0);
    expect(await service.settled(execution.executionId)).toMatchObject({ sent: 3 });
  });

  it('is ended by a cancellation, with exact totals, and cannot be paused again', async () => {
    const execution = anExecution(await configured({ sendRatePerSecond: 20 }), 60);
    await service.send({ ...execution, resolved: { ...execution.resolved, targeted: 100 } });
    await eventually(() => expect(received(execution)).toBeGreaterThan(5));
    await ask('pause', execution);
    const atPause = received(execution);

    const cancelled = await ask('cancel', execution, { targeted: 100 });
    await ask('pause', execution);
    await service.send({ ready: [], resolved: { ...execution.resolved, targeted: 100, unresolved: 40 } });

    expect(cancelled.answer).toEqual({ cancelled: 100 - atPause, gone: atPause });
    expect(await service.settled(execution.executionId)).toMatchObject({ targeted: 100, sent: atPause, cancelled: 100 - atPause });
    expect(received(execution)).toBe(atPause);
  });

  it('is ended by a stop of its campaign, and by its expiry, while it is paused', async () => {
    const campaign = await configured();
    const stopped = anExecution(campaign, 10);
    const late = anExecution(await configured(), 5, { expiresAt: new Date(Date.now() + 2_500).toISOString() });
    await Promise.all([ask('pause', stopped), ask('pause', late)]);
    await service.send(stopped);
    await service.send(late);
    await eventually(async () => expect([await parked(stopped), await parked(late)]).toEqual([10, 5]));

    await service.change({ ...campaign.campaign, status: 'Stopped' });

    expect(await service.settled(stopped.executionId)).toMatchObject({ cancelled: 10 });
    expect(await service.settled(late.executionId)).toMatchObject({ expired: 5 });
    expect(received(stopped) + received(late)).toBe(0);
  });

  it('is held by a process that starts afterwards, and by one that is told of nothing', async () => {
    const execution = anExecution(await configured(), 20);
    await ask('pause', execution);
    await service.endAll();
    app = await service.start();

    await service.writer.write(RecipientReady, execution.ready);

    await eventually(async () => expect(await parked(execution)).toBe(20));
    expect(received(execution)).toBe(0);
    await ask('resume', execution);
    await service.send({ ready: [], resolved: execution.resolved });
    expect(await service.settled(execution.executionId)).toMatchObject({ sent: 20 });
  });

  it('is answered 400 without a tenant, and 401 without the token', async () => {
    const execution = anExecution(await configured(), 1);
    const url = `${await app.getUrl()}/internal/executions/${execution.executionId}/pause`;

    const statuses = await Promise.all([
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', 'x-internal-token': INTERNAL_TOKEN }, body: '{}' }),
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ tenantId: TENANT }) }),
    ]);

    expect(statuses.map(({ status }) => status)).toEqual([400, 401]);
  });
});
