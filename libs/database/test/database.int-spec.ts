import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { DependencyUnavailable, Health, Metrics, RuntimeModule } from '@postrider/runtime';
import { eventually, ownPostgres, type OwnServer } from '@postrider/testing';
import { DataSource, type Repository } from 'typeorm';
import { columnsOf, DatabaseModule, InjectRepository, openDataSource, roleOf, runMigrations, Sql, sqlStateOf } from '../src/index.js';
import { PASSWORD, READERS, Thing, THINGS, urlAs } from './things.js';

const POOL_SIZE = 3;
const STATEMENT_TIMEOUT_MS = 400;

class Things {
  constructor(@InjectRepository(Thing) readonly repository: Repository<Thing>) {}
}

describe(DatabaseModule.name, () => {
  let server: OwnServer;
  let app: INestApplicationContext;
  let sql: Sql;
  let things: Repository<Thing>;

  beforeAll(async () => {
    server = await ownPostgres();
    await runMigrations({ adminUrl: server.url, services: [THINGS, READERS], password: PASSWORD });
    app = await startApp();
    sql = app.get(Sql);
    things = app.get(Things).repository;
  }, 60_000);

  afterAll(async () => {
    await app.close();
    await server.remove();
  });

  beforeEach(() => sql.query('TRUNCATE thing'));

  async function startApp(): Promise<INestApplicationContext> {
    const config = { HTTP_PORT: 0, HTTP_HOST: '127.0.0.1', LOG_LEVEL: 'silent', SHUTDOWN_DEADLINE_MS: 1_000, POSTRIDER_MODE: 'local' } as const;
    @Module({
      imports: [
        RuntimeModule.register({ service: 'test', config }),
        DatabaseModule.register({
          url: urlAs(server.url, roleOf('things')), poolSize: POOL_SIZE, statementTimeoutMs: STATEMENT_TIMEOUT_MS,
          schema: 'things', entities: [Thing], migrations: [], applicationName: 'things-test',
        }),
        DatabaseModule.repositories(Thing),
      ],
      providers: [Things],
    })
    class TestModule {}
    return NestFactory.createApplicationContext(TestModule, { logger: false, abortOnError: false });
  }

  const aThing = (name: string): Thing =>
    ({ id: crypto.randomUUID(), name, kind: 'box', size: 1, extra: { of: name }, tags: ['a'], createdAt: new Date(0) });

  const insert = (db: Sql, rows: Thing[]) =>
    db.query<{ name: string }>(
      `INSERT INTO thing SELECT *, '{}'::text[], now() FROM unnest($1::uuid[], $2::text[], $3::varchar[], $4::int[], $5::jsonb[])
       ON CONFLICT DO NOTHING RETURNING name`,
      columnsOf(rows, ['id', 'name', 'kind', 'size', 'extra']),
      { name: 'insert-things' },
    );

  const names = async (): Promise<string[]> => (await sql.query<{ name: string }>('SELECT name FROM thing ORDER BY name')).map((row) => row.name);

  const pause = (seconds: number) => sql.query('SELECT pg_sleep($1)', [seconds]);

  it('finds rows by index, whatever the tables were like when a statement was prepared', async () => {
    expect(await sql.query("SELECT current_setting('enable_seqscan') AS scans, current_setting('jit') AS compiles")).toEqual([{ scans: 'off', compiles: 'off' }]);
  });

  it.each([
    { isPlannedOnce: false, custom: '5', kept: '3' },
    { isPlannedOnce: true, custom: '0', kept: '8' },
  ])('plans a prepared statement once for all that it is given where it may ($isPlannedOnce)', async ({ isPlannedOnce, custom, kept }) => {
    const dataSource = await openDataSource({
      url: urlAs(server.url, roleOf('things')), poolSize: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      schema: 'things', entities: [Thing], migrations: [], applicationName: 'things-plans', isPlannedOnce,
    });
    const planned = Sql.of(dataSource);
    for (let call = 0; call < 8; call += 1) await planned.query('SELECT id FROM thing WHERE name = $1', [`thing-${call}`], { name: 'find-thing' });
    const plans = await planned.query(`SELECT custom_plans AS custom, generic_plans AS kept FROM pg_prepared_statements WHERE name = 'find-thing'`);
    await dataSource.destroy();

    expect(plans).toEqual([{ custom, kept }]);
  });

  it('writes many rows in one prepared statement and answers what was new', async () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => aThing(`thing-${index}`));

    const first = await insert(sql, rows);
    const again = await insert(sql, rows);

    expect([first.length, again.length]).toEqual([1_000, 0]);
    expect(await things.findOneByOrFail({ name: 'thing-7' })).toMatchObject({ extra: { of: 'thing-7' } });
    const prepared = await Promise.all(Array.from({ length: POOL_SIZE }, () => sql.query(`SELECT 1 FROM pg_prepared_statements WHERE name = 'insert-things'`)));
    expect(prepared.flat().length).toBeGreaterThan(0);
  });

  it('gives Postgres every value of a column as it is', async () => {
    const rows = [
      { text: 'a "quoted" \\ one, {with} braces', number: -1.5, at: new Date('2026-01-31T23:59:59.999Z'), bytes: Buffer.from([0, 92, 34, 255]), json: { a: ['"', '\\', null] } },
      { text: 'NULL', number: 1e21, at: new Date('9999-12-31T23:59:59.999Z'), bytes: Buffer.alloc(0), json: ['line\nbreak'] },
      { text: '', number: 0, at: new Date(0), bytes: Buffer.from('x'), json: {} },
      { text: 'Zoë 👩‍🚀 \t', number: null, at: null, bytes: null, json: null },
    ];

    const read = await sql.query('SELECT * FROM unnest($1::text[], $2::float8[], $3::timestamptz[], $4::bytea[], $5::jsonb[]) AS r (text, number, at, bytes, json)',
      columnsOf(rows, ['text', 'number', 'at', 'bytes', 'json']));

    expect(read).toEqual(rows);
    expect(await sql.query('SELECT * FROM unnest($1::text[])', columnsOf([] as { text: string }[], ['text']))).toEqual([]);
  });

  it('commits a transaction as a whole, and nested ones with it', async () => {
    await sql.transaction(async (outer) => {
      await insert(outer, [aThing('a')]);
      await outer.transaction((inner) => insert(inner, [aThing('b')]));
    });

    expect(await names()).toEqual(['a', 'b']);
  });

  it('rolls a transaction back on any throw, passes the error on and keeps the connection', async () => {
    const fails = sql.transaction(async (db) => {
      await insert(db, [aThing('a')]);
      throw new RangeError('changed my mind');
    });

    await expect(fails).rejects.toThrow(RangeError);
    expect(await names()).toEqual([]);
  });

  it('lets constraint and syntax errors pass as they are, from SQL and from repositories', async () => {
    await insert(sql, [aThing('a')]);

    const failures = await Promise.allSettled([things.insert(aThing('a')), sql.query('SELEC 1'), sql.transaction((db) => db.query('UPDATE thing SET size = -1'))]);

    expect(failures.map((failure) => sqlStateOf((failure as PromiseRejectedResult).reason))).toEqual(['23505', '42601', '23514']);
  });

  it('ends a statement that takes too long, and says that the server is not there for it', async () => {
    await expect(pause(5)).rejects.toThrow(DependencyUnavailable);
    await expect(things.query('SELECT pg_sleep(5)')).rejects.toThrow(DependencyUnavailable);

    expect(await names()).toEqual([]);
  });

  it('resolves a deadlock by letting one of the two try again', async () => {
    await insert(sql, [aThing('a'), aThing('b')]);
    let waiting = 0;
    const both = Promise.withResolvers<void>();
    const lock = (first: string, second: string) =>
      sql.transaction(async (db) => {
        await db.query('SELECT set_config($1, $2, true)', ['statement_timeout', '10000']);
        await db.query('UPDATE thing SET size = 2 WHERE name = $1', [first]);
        if (++waiting === 2) both.resolve();
        await both.promise;
        await db.query('UPDATE thing SET size = 2 WHERE name = $1', [second]);
      });

    const outcomes = await Promise.allSettled([lock('a', 'b'), lock('b', 'a')]);

    const rejected = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(rejected).toHaveLength(1);
    expect(rejected[0]?.reason).toBeInstanceOf(DependencyUnavailable);
  });

  it('tells callers to try again when every connection is taken for too long', async () => {
    const release = Promise.withResolvers<void>();
    const holders = Array.from({ length: POOL_SIZE }, () => sql.transaction(() => release.promise));

    await expect(sql.query('SELECT 1')).rejects.toThrow(DependencyUnavailable);
    release.resolve();

    await Promise.all(holders);
    expect(await names()).toEqual([]);
  });

  it('survives connections that are ended while idle, in use, and between two statements', async () => {
    const admin = new DataSource({ type: 'postgres', url: server.url });
    await admin.initialize();
    const endAll = () => admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'things-test'`);

    await endAll();
    await eventually(async () => expect(await names()).toEqual([]));
    const between = sql.transaction(async (db) => {
      await db.query('SELECT 1');
      await endAll();
      await db.query('SELECT 1');
    });
    await expect(between).rejects.toThrow(DependencyUnavailable);

    await eventually(async () => expect(await names()).toEqual([]));
    await admin.destroy();
  });

  it('gives up on a connection that hangs, and does not use it again', async () => {
    let hanging = 0;
    const hangs = sql.transaction(async (db) => {
      hanging = (await db.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'))[0]?.pid ?? 0;
      process.kill(hanging, 'SIGSTOP');
      await db.query('SELECT 1');
    });

    await expect(hangs).rejects.toThrow(DependencyUnavailable);

    const pids = await Promise.all(Array.from({ length: POOL_SIZE }, () => sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')));
    process.kill(hanging, 'SIGCONT');
    expect(pids.flat().map(({ pid }) => pid)).not.toContain(hanging);
  });

  it('reports its pool and its statements', async () => {
    await insert(sql, [aThing('a')]);

    const exposed = await app.get(Metrics).expose();

    const figures = exposed.split('\n').filter((line) => /^postgres_(pool_connections|statement_seconds_count)/.test(line));
    expect(figures).toEqual([
      expect.stringMatching(/state="used".* 0$/),
      expect.stringMatching(/state="idle".* [1-9]$/),
      expect.stringMatching(/state="waiting".* 0$/),
      expect.stringMatching(/statement="insert-things".* [1-9]\d*$/),
    ]);
  });

  it('says it is not ready while Postgres is down, fails calls fast, and goes on by itself', async () => {
    const health = app.get(Health);
    expect(await health.report()).toMatchObject({ status: 'ok', checks: { postgres: 'ok' } });
    const underWay = expect(pause(0.3)).rejects.toThrow(DependencyUnavailable);
    const inTransaction = expect(sql.transaction(() => pause(0.3))).rejects.toThrow(DependencyUnavailable);

    await server.crash();

    await Promise.all([underWay, inTransaction]);
    await expect(sql.query('SELECT 1')).rejects.toThrow(DependencyUnavailable);
    await expect(things.count()).rejects.toThrow(DependencyUnavailable);
    expect(await health.report()).toMatchObject({ status: 'unavailable' });
    await server.restart();
    await eventually(async () => expect(await health.report()).toMatchObject({ status: 'ok' }));
    await insert(sql, [aThing('after')]);
    expect(await things.countBy({ name: 'after' })).toBe(1);
  });

  it('waits for a server that is not up yet', async () => {
    await server.crash();
    const starting = startApp();

    await server.restart();

    const late = await starting;
    expect(await late.get(Sql).query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await late.close();
  });
});
