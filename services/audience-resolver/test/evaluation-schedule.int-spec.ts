import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AudienceDefinition } from '@postrider/contracts';
import { Sql, openDataSource } from '@postrider/database';
import type { ConfigurationTable } from '@postrider/kafka';
import { Logger } from '@postrider/runtime';
import { FakeClock, freshDatabase, type FreshDatabase } from '@postrider/testing';
import type { DataSource } from 'typeorm';
import { entities, migrations, schema } from '../src/data-source.js';
import { AudienceDefinitions } from '../src/evaluation/audience-definitions.js';
import { EvaluationScheduler } from '../src/evaluation/evaluation-scheduler.js';
import { aSegment } from './evaluation-rig.js';

const HOUR_MS = 3_600_000;
/** Two days before summer time begins in Stockholm, 09:00 there. */
const START = new Date('2026-03-27T08:00:00.000Z');

let database: FreshDatabase;
let dataSource: DataSource;
let sql: Sql;

const daily = (cron = '30 2 * * *'): AudienceDefinition => aSegment({ combinator: 'and', rules: [] }, { evaluationSchedule: { cron, timeZone: 'Europe/Stockholm' } });

/** The scheduler of one process, over the same database; `audiences` is its configuration and may change. */
function aScheduler(audiences: AudienceDefinition[], clock: FakeClock): EvaluationScheduler {
  const table = { all: () => audiences, get: (_kind: string, id: string) => audiences.find((one) => one.id === id) } as unknown as ConfigurationTable;
  return new EvaluationScheduler(sql, new AudienceDefinitions(table), Logger.create('spec', 'silent'), clock);
}

/** How many evaluations there are; each is over before the next one is due. */
async function fired({ id }: AudienceDefinition): Promise<number> {
  await sql.query(`UPDATE evaluations SET status = 'Completed', completed_at = now() WHERE audience_id = $1`, [id]);
  return (await sql.query('SELECT FROM evaluations WHERE audience_id = $1', [id])).length;
}

const dueAt = async ({ id }: AudienceDefinition): Promise<string | undefined> =>
  (await sql.query<{ due_at: Date }>('SELECT due_at FROM evaluation_schedules WHERE audience_id = $1', [id]))[0]?.due_at.toISOString();

beforeAll(async () => {
  database = await freshDatabase();
  dataSource = await openDataSource({ schema, entities, migrations, url: database.urlFor('audiences'), poolSize: 8, statementTimeoutMs: 10_000, applicationName: 'spec' });
  sql = Sql.of(dataSource);
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

describe(EvaluationScheduler.name, () => {
  it('begins one evaluation a day at the local time, over the change to summer time, however many processes look', async () => {
    const audience = daily();
    const clock = new FakeClock(START);
    const schedulers = Array.from({ length: 4 }, () => aScheduler([audience], clock));
    const days: number[] = [];

    await Promise.all(schedulers.map((one) => one.look()));
    for (let hour = 0; hour < 4 * 24; hour += 1) {
      clock.advance(HOUR_MS);
      await Promise.all(schedulers.map((one) => one.look()));
      if (hour % 24 === 23) days.push(await fired(audience));
    }

    expect(days).toEqual([1, 2, 3, 4]);
    expect(await dueAt(audience)).toBe('2026-04-01T00:30:00.000Z');
  });

  it('makes up on return, by one evaluation, for all times that were missed', async () => {
    const audience = daily('0 * * * *');
    const clock = new FakeClock(START);
    await aScheduler([audience], clock).look();

    clock.advance(50 * HOUR_MS + 1);
    const afterwards = aScheduler([audience], clock);
    await afterwards.look();
    await afterwards.look();

    expect(await fired(audience)).toBe(1);
    expect(await dueAt(audience)).toBe('2026-03-29T11:00:00.000Z');
  });

  it('begins nothing for what was due before the schedule existed, or changed', async () => {
    const audience = daily('0 8 * * *');
    const audiences = [audience];
    const clock = new FakeClock(START);
    const scheduler = aScheduler(audiences, clock);
    await scheduler.look();

    audiences[0] = { ...audience, evaluationSchedule: { cron: '0 7 * * *', timeZone: 'Europe/Stockholm' } };
    await scheduler.look();

    expect(await fired(audience)).toBe(0);
    expect(await dueAt(audience)).toBe('2026-03-28T06:00:00.000Z');
  });

  it('forgets an audience that is gone, one without a schedule, and evaluates no upload', async () => {
    const [gone, unscheduled, upload] = [daily(), daily(), { ...daily(), source: 'upload' as const }];
    const audiences: AudienceDefinition[] = [gone, unscheduled, upload];
    const clock = new FakeClock(START);
    const scheduler = aScheduler(audiences, clock);
    await scheduler.look();

    audiences.splice(0, 2, { ...unscheduled, evaluationSchedule: null });
    clock.advance(24 * HOUR_MS);
    await scheduler.look();

    for (const audience of [gone, unscheduled, upload]) expect([await fired(audience), await dueAt(audience)]).toEqual([0, undefined]);
  });

  it('takes an evaluation that goes on for the one that is due', async () => {
    const audience = daily('0 * * * *');
    const clock = new FakeClock(START);
    const scheduler = aScheduler([audience], clock);
    await scheduler.look();
    clock.advance(HOUR_MS);
    await scheduler.look();

    clock.advance(HOUR_MS);
    await scheduler.look();

    expect(await fired(audience)).toBe(1);
    expect(await dueAt(audience)).toBe('2026-03-27T11:00:00.000Z');
  });
});
