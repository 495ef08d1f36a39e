import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Sql, openDataSource } from '@postrider/database';
import { SmtpSink, ended, eventually } from '@postrider/testing';
import { entities, migrations, schema } from '../src/data-source.js';
import { takeOver } from '../src/ledger/leases.js';
import { recordOutcomes } from '../src/ledger/record-outcomes.js';
import { aCampaign, anExecution } from './builders.js';
import { RunningService } from './running-service.js';

const STRANGER = '00000000-0000-4000-8000-000000000000';
const failed = (messageId: string) => ({ messageId, state: 'failed' as const, tries: 1 as const, code: 'X', reason: null, failure: null, responseCode: null, responseMs: null });

describe('a dispatcher that was taken for dead', () => {
  let service: RunningService;
  let sink: SmtpSink;
  let dataSource: Awaited<ReturnType<typeof openDataSource>>;
  let sql: Sql;

  beforeAll(async () => {
    service = await RunningService.prepare(1);
    sink = await SmtpSink.start();
    dataSource = await openDataSource({ url: service.database.urlFor('delivery'), poolSize: 1, statementTimeoutMs: 5_000, schema, entities, migrations, applicationName: 'spec' });
    sql = Sql.of(dataSource);
  });

  afterEach(async () => {
    sink.behaviour = {};
    await service.endAll();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await service.drop();
    await sink.stop();
  });

  const received = (execution: ReturnType<typeof anExecution>): number => execution.ready.reduce((sum, { address }) => sum + sink.mailsTo(address).length, 0);
  const sendingOf = async (executionId: string): Promise<number> => (await service.statesOf(executionId)).filter((state) => state === 'sending').length;

  it('is not disturbed by a record of somebody else, while it sends', async () => {
    await service.start();
    sink.behaviour = { delayMs: 500 };
    const campaign = aCampaign(sink.port);
    await service.configure(campaign);
    const execution = anExecution(campaign, 4);
    await service.send(execution);
    await eventually(async () => expect(await sendingOf(execution.executionId)).toBe(4));

    const { changed } = await recordOutcomes(sql, execution.ready.map(({ messageId }) => failed(messageId)), { token: STRANGER, now: new Date() });

    expect(changed.size).toBe(0);
    expect(await service.settled(execution.executionId)).toMatchObject({ sent: 4, failed: 0 });
  });

  it('changes nothing by its own record once its attempt was taken over', async () => {
    await service.start({ DISPATCH_LEASE_MS: '60000' });
    sink.behaviour = { delayMs: 1_500 };
    const campaign = aCampaign(sink.port);
    await service.configure(campaign);
    const execution = anExecution(campaign, 2);
    await service.send(execution);
    await eventually(async () => expect(await sendingOf(execution.executionId)).toBe(2));

    const { rows } = await service.postgres.query<{ token: string }>("UPDATE delivery.attempts SET lease_until = now() - interval '1 second' RETURNING token");
    const taken = await takeOver(sql, rows[0]?.token ?? '', { token: STRANGER, leaseMs: 3_600_000 });
    await eventually(() => expect(received(execution)).toBe(2));
    await service.endAll();

    expect(taken?.length).toBe(2);
    expect(await service.statesOf(execution.executionId)).toEqual(['sending', 'sending']);
    expect(service.statuses(execution.executionId)).toEqual([]);
    const { changed } = await recordOutcomes(sql, execution.ready.map(({ messageId }) => failed(messageId)), { token: STRANGER, now: new Date() });
    expect(changed.size).toBe(2);
  });

  it('sends nothing more when it wakes up after its lease, and its successor has the last word', async () => {
    sink.behaviour = { delayMs: 300 };
    const campaign = aCampaign(sink.port);
    await service.configure(campaign);
    const execution = anExecution(campaign, 40);
    await service.send(execution);
    const frozen = service.spawn();
    await eventually(() => expect(received(execution)).toBeGreaterThan(0), { timeoutMs: 20_000 });
    frozen.kill('SIGSTOP');

    await service.start();
    const tally = await service.settled(execution.executionId, 40_000);
    const before = received(execution);
    frozen.kill('SIGCONT');
    frozen.kill('SIGTERM');
    await ended(frozen);

    expect(tally).toMatchObject({ sent: 0, unknown: 40 });
    expect(received(execution)).toBe(before);
    expect(await service.tally(execution.executionId)).toEqual(tally);
    await eventually(() => expect(new Set(service.statuses(execution.executionId).map(({ state }) => state))).toEqual(new Set(['unknown'])));
  }, 90_000);
});
