import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { testStack } from '@postrider/testing';
import { Client, Pool, type QueryConfig, type QueryResult } from 'pg';
import { clientWithin } from '../src/client-within.js';

const TIMEOUT_MS = 300;
type Answered = (error: Error, result: QueryResult) => void;

/** Of the server, with `pg_sleep`. */
const TOO_LONG_SECONDS = 30;

/**
 * In a process whose heap nothing else has shaped, and in which no major collection is due: 1,000 statements of a pool and 1,000 of
 * one connection, each with 20 KB and 20 KB back. Prints by how many bytes what is old to V8 has grown.
 */
const MUCH_IS_ASKED = `
  import { getHeapSpaceStatistics } from 'node:v8';
  import pg from 'pg';
  const { clientWithin } = await import(process.argv[1]);
  const pool = new pg.Pool({ connectionString: process.argv[2], max: 2, Client: clientWithin(10_000) });
  const client = await pool.connect();
  const ask = async (of, times) => {
    for (let i = 0; i < times; i += 1) await of.query({ text: 'SELECT $1::text', values: [String(i).padEnd(20_000, 'x')] });
  };
  const old = () => getHeapSpaceStatistics()
    .filter(({ space_name }) => ['old_space', 'large_object_space'].includes(space_name))
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0);
  await ask(pool, 100);
  await ask(client, 100);
  const before = old();
  await ask(pool, 1_000);
  await ask(client, 1_000);
  console.log(old() - before);
  client.release();
  await pool.end();`;

describe(clientWithin.name, () => {
  let url: string;
  let pool: Pool;

  beforeAll(() => {
    url = testStack().postgresAdminUrl;
    pool = new Pool({ connectionString: url, max: 1, Client: clientWithin(TIMEOUT_MS) });
    pool.on('error', () => undefined);
  });

  afterAll(() => pool.end());

  it('answers in every way in which pg can be asked', async () => {
    const client = await pool.connect();
    const withValues = promisify((text: string, values: unknown[], answered: Answered) => client.query(text, values, answered));
    const withConfig = promisify((config: QueryConfig, answered: Answered) => client.query(config, answered));
    const withText = promisify((text: string, answered: Answered) => client.query(text, answered));

    const answers = [
      await client.query('SELECT 1 AS n'),
      await client.query('SELECT $1::int AS n', [2]),
      await client.query({ text: 'SELECT $1::int AS n', values: [3], name: 'n' }),
      await withValues('SELECT $1::int AS n', [4]),
      await withConfig({ text: 'SELECT $1::int AS n', values: [5] }),
      await withText('SELECT 6 AS n'),
    ];
    client.release();

    expect(answers.map((answer) => (answer as QueryResult<{ n: number }>).rows[0]?.n)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('leaves the errors of a statement as they are, and the connection in use', async () => {
    const client = await pool.connect();

    await expect(client.query('SELEC 1')).rejects.toMatchObject({ code: '42601' });
    await expect(client.query('SELECT 1 AS n')).resolves.toMatchObject({ rows: [{ n: 1 }] });
    client.release();
  });

  it('closes the connection of a statement that takes longer, and fails it and those that wait behind it', async () => {
    const client = await pool.connect();
    client.on('error', () => undefined);
    const startedAt = performance.now();

    const [slow, next] = await Promise.allSettled([client.query('SELECT pg_sleep($1)', [TOO_LONG_SECONDS]), client.query('SELECT 1')]);
    client.release(true);

    expect([slow, next]).toEqual([timedOut(), timedOut()]);
    expect(performance.now() - startedAt).toBeLessThan(TOO_LONG_SECONDS * 1_000);
    await expect(pool.query('SELECT 1 AS n')).resolves.toMatchObject({ rows: [{ n: 1 }] });
  });

  it('lets a pool go on after a statement of its own that took longer', async () => {
    await expect(pool.query('SELECT pg_sleep($1)', [TOO_LONG_SECONDS])).rejects.toMatchObject({ code: 'ETIMEDOUT' });

    await expect(pool.query('SELECT 1 AS n')).resolves.toMatchObject({ rows: [{ n: 1 }] });
  });

  it('leaves what submits itself alone', async () => {
    const { Query } = Client as unknown as { Query: new (text: string) => { on(event: string, listener: (row: unknown) => void): void; submit(): void } };
    const client = await pool.connect();
    const query = new Query('SELECT 7 AS n');
    const row = new Promise((resolve) => query.on('row', resolve));

    client.query(query as never);

    await expect(row).resolves.toEqual({ n: 7 });
    client.release();
  });

  it('lets go of statements, values and rows without a major collection', async () => {
    const source = pathToFileURL(join(import.meta.dirname, '../src/client-within.ts')).href;
    const flags = ['--initial-old-space-size=512', '--input-type=module', '--eval'];

    const { stdout } = await promisify(execFile)(process.execPath, [...flags, MUCH_IS_ASKED, source, url], { cwd: import.meta.dirname });

    expect(Number(stdout)).toBeLessThan(10_000_000);
  }, 60_000);
});

const timedOut = () => ({ status: 'rejected', reason: expect.objectContaining({ code: 'ETIMEDOUT' }) });
