import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ExecutionAccepted, ExecutionResolved, ScheduleAnswer, ScheduledCall, type AcceptedCall, type Problem, type UnitaryCall } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { MessagePublisher } from '@postrider/kafka';
import { DependencyUnavailable } from '@postrider/runtime';
import { eventually } from '@postrider/testing';
import { Scheduler } from '../src/schedules/scheduler.js';
import { SchedulesController } from '../src/schedules/schedules.controller.js';
import { aCall } from './builders.js';
import { RunningService } from './running-service.js';

jest.setTimeout(90_000);

const UNITARY = '/im/executions/unitary';
const SCHEDULES = '/im/executions/schedules';
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let service: RunningService;
let children: ChildProcess[] = [];

beforeAll(async () => {
  service = await RunningService.prepare();
});

afterEach(async () => {
  await Promise.all(children.map(kill));
  children = [];
  service.base = undefined;
  await service.endAll();
});

afterAll(() => service.drop());

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();

async function book(call: unknown, path = UNITARY): Promise<ScheduledCall> {
  const { status, body } = await service.call<ScheduledCall>('POST', path, call);
  expect(status).toBe(202);
  return ScheduledCall.strict().parse(body);
}

const read = async (scheduleId: string): Promise<ScheduleAnswer> => ScheduleAnswer.parse((await service.call('GET', `${SCHEDULES}/${scheduleId}`)).body);

const settled = (scheduleId: string): Promise<ScheduleAnswer> =>
  eventually(async () => {
    const schedule = await read(scheduleId);
    expect(schedule.scheduleStatus).not.toBe('Scheduled');
    return schedule;
  }, { timeoutMs: 40_000 });

const executionOf = ({ executionDetails }: ScheduleAnswer): string => ('executionId' in executionDetails ? executionDetails.executionId : '');

const executions = async (campaignId: string): Promise<string[]> =>
  (await service.postgres.query<{ execution_id: string }>('SELECT execution_id FROM ingest.executions WHERE campaign_id = $1', [campaignId])).rows.map((row) => row.execution_id);

const onTheLog = (executionId: string, times = 1) => eventually(() => expect(service.published(ExecutionAccepted, executionId)).toHaveLength(times));

/** Lets time pass for a schedule, as if nothing had run meanwhile. */
const makeLate = (scheduleId: string, seconds: number) =>
  service.postgres.query(
    `UPDATE ingest.schedules SET created_at = now() - $2 * interval '2 seconds', execute_at = now() - $2 * interval '1 second' WHERE schedule_id = $1`,
    [scheduleId, seconds],
  );

/** The service as a process of its own, to which calls go from now on. */
async function spawnService(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN], { env: { PATH: process.env['PATH'], ...service.environment({ LOG_LEVEL: 'info' }) }, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [, url] = await eventually(() => {
    const started = /"url":"(.*?)".*"service\.started"/.exec(said);
    if (!started) throw new Error(`It has not started: ${said}`);
    return started;
  }, { timeoutMs: 40_000 });
  service.base = url;
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe(`${SchedulesController.name}: a call with a time to come`, () => {
  it('is a schedule until then, and then the execution that it would have been', async () => {
    await service.start();
    const { campaign } = await service.campaign();
    const executeAt = inSeconds(2);

    const booked = await book(aCall(campaign.id, { executeAt }));
    const before = await read(booked.scheduleId);
    const early = await executions(campaign.id);
    const after = await settled(booked.scheduleId);

    expect(booked).toMatchObject({ scheduleId: expect.stringMatching(/^SCH-/), campaignId: campaign.id, executeAt, createdBy: service.key.id });
    expect(before).toMatchObject({ kind: 'unitary', scheduleStatus: 'Scheduled', executionDetails: {}, audience: null, requestId: booked.requestId });
    expect(early).toEqual([]);
    expect(after.scheduleStatus).toBe('Triggered');
    expect(await executions(campaign.id)).toEqual([executionOf(after)]);
    const [accepted] = service.published<ExecutionAccepted>(ExecutionAccepted, executionOf(after));
    expect(Date.parse(accepted?.acceptedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(executeAt));
    expect((await service.call('GET', `/im/executions/${executionOf(after)}`)).body).toMatchObject({ createdBy: service.key.id, status: 'InProgress' });
  });

  it('may be of each kind, and is carried out at once when its time has passed', async () => {
    await service.start();
    const [high, marketing] = await Promise.all([service.campaign({ throughput: 'high' }), service.marketing()]);

    const highThroughput = await book(aCall(high.campaign.id, { executeAt: inSeconds(-60) }), '/im/executions/highthroughput');
    const audience = await book({ campaignId: marketing.campaign.id, context: { order: 1 }, schedule: { executeAt: inSeconds(-60) } }, '/im/executions/audience');

    const [first, second] = await Promise.all([settled(highThroughput.scheduleId), settled(audience.scheduleId)]);
    expect(first).toMatchObject({ kind: 'highthroughput', scheduleStatus: 'Triggered' });
    expect(second).toMatchObject({ kind: 'audience', scheduleStatus: 'Triggered', audience: { id: marketing.audience.id } });
    expect(executionOf(second)).toMatch(/^CMA-/);
    await onTheLog(executionOf(second));
    await eventually(() => expect(service.published(ExecutionResolved, executionOf(first))).toHaveLength(1));
  });

  it('is the same schedule when it comes again, before and after its time; its requestId takes no other body, now or later', async () => {
    await service.start();
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id, { executeAt: inSeconds(1) });
    const { executeAt: _later, ...immediate } = call;
    const codes = async (...calls: UnitaryCall[]) => Promise.all(calls.map(async (one) => (await service.call<Problem>('POST', UNITARY, one)).body.code));
    const others = [immediate, { ...call, executeAt: inSeconds(60) }, { ...call, failureMode: 'partial' as const }];

    const answers = await Promise.all(Array.from({ length: 10 }, () => service.call<ScheduledCall>('POST', UNITARY, call)));
    const before = await codes(...others);
    const scheduleId = answers[0]?.body.scheduleId ?? '';
    await settled(scheduleId);
    const again = await service.call('POST', UNITARY, call);
    const after = await codes(...others);

    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(9);
    expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([202, answers[0]?.text, 'true']);
    expect([...before, ...after]).toEqual(Array.from({ length: 6 }, () => 'REQUEST_ID_REUSED'));
    expect(await executions(campaign.id)).toHaveLength(1);
  });

  it('cannot use the requestId of an execution', async () => {
    await service.start();
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);
    await service.call('POST', UNITARY, call);

    const { status, body } = await service.call<Problem>('POST', UNITARY, { ...call, executeAt: inSeconds(60) });

    expect([status, body.code]).toEqual([409, 'REQUEST_ID_REUSED']);
  });

  it('is checked as of its time: the window of the campaign, the time it expires, and a year as the farthest', async () => {
    await service.start();
    const { campaign } = await service.campaign({ status: 'Scheduled', startAt: inSeconds(3_600), endAt: inSeconds(7_200) });
    const outcome = async (call: Partial<UnitaryCall>): Promise<string> => {
      const { status, body } = await service.call<Problem>('POST', UNITARY, aCall(campaign.id, call));
      return status === 202 ? 'taken' : body.code;
    };

    expect(await outcome({ executeAt: inSeconds(5_000) })).toBe('taken');
    expect(await outcome({ executeAt: inSeconds(3_000) })).toBe('CAMPAIGN_NOT_STARTED');
    expect(await outcome({ executeAt: inSeconds(8_000) })).toBe('CAMPAIGN_ENDED');
    expect(await outcome({ executeAt: inSeconds(5_000), expiresAt: inSeconds(4_999) })).toBe('EXPIRED');
    expect(await outcome({ executeAt: inSeconds(367 * 86_400) })).toBe('INVALID_BODY');
    expect(await outcome({ executeAt: 'tomorrow' })).toBe('INVALID_BODY');
  });
});

describe(`${SchedulesController.name}: a schedule`, () => {
  it('is deleted before its time, and its requestId is free again; afterwards it cannot be', async () => {
    await service.start();
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id, { executeAt: inSeconds(60) });
    const { scheduleId } = await book(call);

    const deleted = await service.call('DELETE', `${SCHEDULES}/${scheduleId}`);
    const gone = await service.call<Problem>('GET', `${SCHEDULES}/${scheduleId}`);
    const again = await service.call<Problem>('DELETE', `${SCHEDULES}/${scheduleId}`);
    const triggered = await book({ ...call, executeAt: inSeconds(0) });
    await settled(triggered.scheduleId);
    const late = await service.call<Problem>('DELETE', `${SCHEDULES}/${triggered.scheduleId}`);

    expect([deleted.status, deleted.text]).toEqual([200, '{}']);
    expect([gone.body.code, again.body.code, `${late.status} ${late.body.code}`]).toEqual(['SCHEDULE_NOT_FOUND', 'SCHEDULE_NOT_FOUND', '409 SCHEDULE_TRIGGERED']);
    expect(triggered.scheduleId).toBe(scheduleId);
  });

  it('does not exist for another tenant', async () => {
    await service.start();
    const { campaign } = await service.campaign();
    const { scheduleId } = await book(aCall(campaign.id, { executeAt: inSeconds(60) }));
    const dev = { 'x-sandbox-name': 'dev' };

    const answers = await Promise.all(['GET', 'DELETE'].map((method) => service.call<Problem>(method, `${SCHEDULES}/${scheduleId}`, undefined, dev)));
    const list = await service.call<{ items: unknown[] }>('GET', `${SCHEDULES}?campaignId=${campaign.id}`, undefined, dev);

    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(['404 SCHEDULE_NOT_FOUND', '404 SCHEDULE_NOT_FOUND']);
    expect(list.body.items).toEqual([]);
  });

  it('is listed with those of its campaign or of all, the latest first, page by page', async () => {
    await service.start();
    const [one, other] = await Promise.all([service.campaign(), service.campaign()]);
    const first = await book(aCall(one.campaign.id, { executeAt: inSeconds(1_000) }));
    const second = await book(aCall(one.campaign.id, { executeAt: inSeconds(2_000) }));
    await book(aCall(other.campaign.id, { executeAt: inSeconds(3_000) }));
    await service.postgres.query(
      `INSERT INTO ingest.schedules (schedule_id, execution_id, tenant_id, campaign_id, request_id, kind, body, body_hash, execute_at, status, created_at, created_by)
       SELECT 'SCH-' || i, 'UMA-' || i, tenant_id, 'many', request_id, kind, body, body_hash, execute_at, status, created_at, created_by
       FROM ingest.schedules, generate_series(1, 250) i WHERE schedule_id = $1`,
      [first.scheduleId],
    );
    const list = async (query: string) => (await service.call<{ items: ScheduleAnswer[]; nextCursor: string | null } & Problem>('GET', `${SCHEDULES}${query}`)).body;

    const ofCampaign = await list(`?campaignId=${one.campaign.id}`);
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof list>> = await list(`?campaignId=many${cursor === '' ? '' : `&cursor=${cursor}`}`);
      ids.push(...page.items.map(({ scheduleId }) => scheduleId));
      cursor = page.nextCursor;
    }

    expect(ofCampaign.items.map(({ scheduleId }) => scheduleId)).toEqual([second.scheduleId, first.scheduleId]);
    expect([ids.length, new Set(ids).size]).toEqual([250, 250]);
    expect((await list('')).items).toHaveLength(100);
    expect((await list('?cursor=nonsense')).code).toBe('INVALID_QUERY');
    await service.postgres.query(`DELETE FROM ingest.schedules WHERE campaign_id = 'many'`);
  });

  it('is refused when its campaign does not take calls any more, with the code', async () => {
    await service.start();
    const { campaign } = await service.campaign();
    const { scheduleId } = await book(aCall(campaign.id, { executeAt: inSeconds(1) }));
    await service.configure({ ...campaign, status: 'Stopped' });

    const schedule = await settled(scheduleId);

    expect(schedule).toMatchObject({ scheduleStatus: 'Refused', executionDetails: { code: 'CAMPAIGN_STOPPED', detail: expect.any(String) } });
    expect(await executions(campaign.id)).toEqual([]);
  });
});

describe(Scheduler.name, () => {
  it('fires each schedule once, however many processes there are', async () => {
    const first = await service.start();
    await service.start();
    await service.start();
    const { campaign } = await service.campaign();
    const executeAt = inSeconds(2);

    const booked = await Promise.all(Array.from({ length: 120 }, () => book(aCall(campaign.id, { executeAt }))));
    const schedules = await Promise.all(booked.map(({ scheduleId }) => settled(scheduleId)));

    expect(schedules.every(({ scheduleStatus }) => scheduleStatus === 'Triggered')).toBe(true);
    const ids = schedules.map(executionOf);
    expect((await executions(campaign.id)).sort()).toEqual([...ids].sort());
    await first.get(MessagePublisher, { strict: false }).ready();
    for (const id of ids) await onTheLog(id);
  });

  it('fires what came due while every process was dead (kill -9), once', async () => {
    await service.start();
    const { campaign } = await service.campaign();
    await service.endAll();
    const victim = await spawnService();
    const { scheduleId, executeAt } = await book(aCall(campaign.id, { executeAt: inSeconds(2) }));
    await kill(victim);
    await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(executeAt) + 500));
    const whileDead = await executions(campaign.id);

    await Promise.all([spawnService(), spawnService()]);

    const schedule = await settled(scheduleId);
    expect(whileDead).toEqual([]);
    expect(schedule.scheduleStatus).toBe('Triggered');
    await onTheLog(executionOf(schedule));
    expect(await executions(campaign.id)).toEqual([executionOf(schedule)]);
  });

  it('says that it fired what another process had fired and not marked before it died, and sends nothing twice', async () => {
    const app = await service.start();
    const { campaign } = await service.campaign();
    const query = app.get(Sql, { strict: false });
    const spy = jest.spyOn(query, 'query');
    const real = Sql.prototype.query.bind(query);
    spy.mockImplementation(((statement: string, values: unknown[], options: { name?: string }) =>
      ['settle-schedule', 'put-off-schedule'].includes(options?.name ?? '') ? Promise.reject(new DependencyUnavailable('postgres', new Error('spec'))) : real(statement, values, options)) as never);
    const { scheduleId } = await book(aCall(campaign.id, { executeAt: inSeconds(0) }));
    const [executionId] = await eventually(async () => {
      const found = await executions(campaign.id);
      expect(found).toHaveLength(1);
      return found;
    });
    await onTheLog(executionId ?? '');
    await service.endAll();
    await service.postgres.query('UPDATE ingest.schedules SET lease_until = now() WHERE schedule_id = $1', [scheduleId]);

    await service.start({ SCHEDULE_LATE: 'expire', SCHEDULE_LATE_AFTER_MS: '1' });

    expect(await settled(scheduleId)).toMatchObject({ scheduleStatus: 'Triggered', executionDetails: { executionId } });
    expect(new Set(service.published<ExecutionAccepted>(ExecutionAccepted, executionId ?? '').map(({ recipients }) => recipients[0]?.messageId)).size).toBe(1);
  });

  it('tries again while the log takes nothing', async () => {
    const app = await service.start();
    const { campaign } = await service.campaign();
    const spy = jest.spyOn(app.get(MessagePublisher, { strict: false }), 'publish').mockRejectedValueOnce(new DependencyUnavailable('kafka', new Error('spec')));

    const { scheduleId } = await book(aCall(campaign.id, { executeAt: inSeconds(0) }));
    const schedule = await settled(scheduleId);

    spy.mockRestore();
    expect(schedule.scheduleStatus).toBe('Triggered');
    await onTheLog(executionOf(schedule));
  });

  it.each([
    ['fire', 'Triggered'],
    ['expire', 'Missed'],
  ])('%ss what is late, where the settings say so', async (policy, status) => {
    await service.start();
    const { campaign } = await service.campaign();
    const [late, slightlyLate] = await Promise.all([book(aCall(campaign.id, { executeAt: inSeconds(600) })), book(aCall(campaign.id, { executeAt: inSeconds(600) }))]);
    await service.endAll();
    await makeLate(late.scheduleId, 120);
    await makeLate(slightlyLate.scheduleId, 1);

    await service.start({ SCHEDULE_LATE: policy, SCHEDULE_LATE_AFTER_MS: '60000' });

    const [first, second] = await Promise.all([settled(late.scheduleId), settled(slightlyLate.scheduleId)]);
    expect([first.scheduleStatus, second.scheduleStatus]).toEqual([status, 'Triggered']);
    if (status === 'Missed') expect(first.executionDetails).toMatchObject({ code: 'MISSED', triggeredAt: expect.any(String) });
    expect(await executions(campaign.id)).toHaveLength(status === 'Missed' ? 1 : 2);
  });

  it('leaves to the schedule what a call at the same time asks for under its requestId', async () => {
    await service.start();
    const { campaign } = await service.campaign();
    const requestId = randomUUID();

    const answers = await Promise.all([
      service.call<AcceptedCall>('POST', UNITARY, aCall(campaign.id, { requestId, executeAt: inSeconds(0) })),
      service.call<AcceptedCall>('POST', UNITARY, aCall(campaign.id, { requestId })),
    ]);

    expect(answers.some(({ status }) => status === 202)).toBe(true);
    await eventually(async () => {
      const { rows } = await service.postgres.query(`SELECT 1 FROM ingest.schedules WHERE campaign_id = $1 AND status = 'Scheduled'`, [campaign.id]);
      expect(rows).toEqual([]);
    });
    expect(await executions(campaign.id)).toHaveLength(1);
  });
});
