import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Sql, compareEntities, openDataSource, sqlStateOf } from '@postrider/database';
import { freshDatabase, type FreshDatabase } from '@postrider/testing';
import type { DataSource } from 'typeorm';
import { entities, migrations, schema } from '../src/data-source.js';

const INSUFFICIENT_PRIVILEGE = '42501';

let database: FreshDatabase;
let dataSource: DataSource;
let sql: Sql;

beforeAll(async () => {
  database = await freshDatabase();
  dataSource = await openDataSource({ schema, entities, migrations, url: database.urlFor('audiences'), poolSize: 4, statementTimeoutMs: 10_000, applicationName: 'spec' });
  sql = Sql.of(dataSource);
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

describe('the schema of audience-resolver', () => {
  it('is what its entities say', async () => {
    expect(await compareEntities(dataSource)).toEqual([]);
  });

  it('reads profiles through the views that are granted, and no table', async () => {
    expect(await sql.query('SELECT * FROM profiles.audience_profile')).toEqual([]);
    expect(await sql.query('SELECT * FROM profiles.audience_identity')).toEqual([]);

    const refused = await sql.query('SELECT * FROM profiles.profiles').catch(sqlStateOf);

    expect(refused).toBe(INSUFFICIENT_PRIVILEGE);
  });
});

describe('instant_of', () => {
  it.each([
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T09:30', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30:15.123456789+02:00', '2026-03-01T07:30:15.123Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
  ])('reads %s', async (text, expected) => {
    await sql.query(`SET timezone = 'America/New_York'`);

    const [row] = await sql.query<{ at: Date }>('SELECT instant_of($1) AS at', [text]);

    expect(row?.at.toISOString()).toBe(expected);
  });

  it.each(['', 'now', 'infinity', '2026-02-30', '2025-02-29', '0000-01-01', '2026-3-1', '2026-03-01T24:00', '2026-03-01T10:60', '2026-03-01T10:00:60', '2026-03-01T10:00.5',
    '2026-03-01 10:00', '2026-03-01T10:00+15:00', '2026-03-01T10:00 Z', '2026-03-01\n', '20260301', '12026-03-01', '２０２６-03-01'])('answers NULL for %j', async (text) => {
    expect(await sql.query('SELECT instant_of($1) AS at', [text])).toEqual([{ at: null }]);
  });
});
