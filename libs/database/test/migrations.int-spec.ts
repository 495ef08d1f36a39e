import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ownPostgres, type OwnServer } from '@postrider/testing';
import { Client } from 'pg';
import { Column, DataSource, Entity, Index, PrimaryColumn } from 'typeorm';
import { compareEntities, dataSourceOptions, roleOf, runMigrations, type ClassList } from '../src/index.js';
import { FailHalfway, PASSWORD, READERS, Thing, THINGS, urlAs } from './things.js';

describe(runMigrations.name, () => {
  let server: OwnServer;

  beforeAll(async () => {
    server = await ownPostgres();
  }, 60_000);
  afterAll(() => server.remove());

  const migrate = (services = [THINGS, READERS]) => runMigrations({ adminUrl: server.url, services, password: PASSWORD });

  async function ask<Row>(statement: string, url = server.url): Promise<Row[]> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(statement)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  it('applies every migration once, also when two runs start together, and nothing the next time', async () => {
    const [first, second] = await Promise.all([migrate(), migrate()]);

    const applied = [first, second].map((run) => run.find(({ schema }) => schema === 'things')?.applied.length);
    expect(applied.sort()).toEqual([0, 2]);
    expect(await migrate()).toEqual([{ schema: 'things', applied: [] }, { schema: 'readers', applied: [] }]);
    expect(await ask('SELECT count(*)::int AS n FROM things.migrations')).toEqual([{ n: 2 }]);
  });

  it('gives each schema to a role of its own, which owns what the migrations made', async () => {
    await migrate();

    const owners = await ask(`SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'things'`);

    expect(owners).toEqual([{ tableowner: roleOf('things') }]);
    expect(await ask('SELECT current_user AS who', urlAs(server.url, roleOf('things')))).toEqual([{ who: 'postrider_things' }]);
  });

  it('lets a reader see the granted view and no table', async () => {
    await migrate();
    const url = urlAs(server.url, roleOf('readers'));

    expect(await ask('SELECT * FROM things.known_thing', url)).toEqual([]);
    await expect(ask('SELECT * FROM things.thing', url)).rejects.toMatchObject({ code: '42501' });
    await expect(ask('CREATE TABLE things.mine (id int)', url)).rejects.toMatchObject({ code: '42501' });
  });

  it('leaves nothing of a migration that failed, keeps the ones before it, and gives the lock back', async () => {
    const broken = { ...THINGS, schema: 'halves', entities: [], migrations: [FailHalfway] as ClassList };

    await expect(migrate([broken])).rejects.toThrow(/no_such_function/);

    expect(await ask(`SELECT to_regclass('halves.half') AS half`)).toEqual([{ half: null }]);
    await expect(migrate()).resolves.toHaveLength(2);
  });

  it('keeps the password of a role when it is given none', async () => {
    await migrate();

    await runMigrations({ adminUrl: server.url, services: [READERS] });

    await expect(ask('SELECT 1 AS one', urlAs(server.url, roleOf('readers')))).resolves.toEqual([{ one: 1 }]);
  });

  describe(compareEntities.name, () => {
    @Entity({ schema: 'things', name: 'thing' })
    @Index('ix_thing_kind_size', ['size', 'kind'])
    @Index('ix_thing_missing', ['name'])
    class Drifted {
      @PrimaryColumn({ type: 'text' }) id!: string;
      @PrimaryColumn({ type: 'text' }) name!: string;
      @Column({ type: 'varchar', length: 9 }) kind!: string;
      @Column({ type: 'int', nullable: true }) size!: number | null;
      @Column({ type: 'text' }) colour!: string;
    }
    @Entity({ schema: 'things', name: 'nothing' })
    class Nothing {
      @PrimaryColumn({ type: 'int' }) id!: number;
    }

    async function compare(entity: new () => object): Promise<string[]> {
      await migrate();
      const options = dataSourceOptions({
        url: server.url, poolSize: 2, statementTimeoutMs: 5_000, schema: 'things', entities: [entity], migrations: [], applicationName: 'test',
      });
      const dataSource = await new DataSource(options).initialize();
      try {
        return await compareEntities(dataSource);
      } finally {
        await dataSource.destroy();
      }
    }

    it('finds no difference where there is none', async () => {
      expect(await compare(Thing)).toEqual([]);
    });

    it('names every difference, on both sides', async () => {
      expect((await compare(Drifted)).map((text) => text.replace('things.thing: ', '')).sort()).toEqual([
        'column colour is not in the table',
        'column created_at is not in the entity',
        'column extra is not in the entity',
        'column id is uuid, the entity says text',
        'column kind is character varying(8), the entity says character varying(9)',
        'column size is not nullable, the entity says otherwise',
        'column tags is not in the entity',
        'index ix_thing_kind_size is (kind, size), the entity says (size, kind)',
        'index ix_thing_lower_name is not in the entity',
        'index ix_thing_missing is not in the table',
        'index uq_thing_name is not in the entity',
        'the primary key is (id), the entity says (id, name)',
      ]);
    });

    it('says that a table does not exist', async () => {
      expect(await compare(Nothing)).toEqual(['things.nothing does not exist']);
    });
  });
});
