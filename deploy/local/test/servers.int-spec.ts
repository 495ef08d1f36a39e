import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@postrider/testing';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { isAlive, startInfra, type Infra } from '../src/index.js';

const MINUTE = 60_000;

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function withAdmin<T>(brokers: string[], work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

describe(startInfra.name, () => {
  let folder = '';
  let infra: Infra;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postrider-infra-'));
    infra = await startInfra({ dir: folder });
  }, MINUTE);
  afterAll(async () => {
    await infra.stop();
    rmSync(folder, { recursive: true, force: true });
  }, MINUTE);

  it('has the log of Postgres made before the first load, and keeps it over checkpoints', async () => {
    const segments = () => query(infra.postgres.url, 'SELECT count(*) >= 40 AS enough FROM pg_ls_waldir()');
    const atFirst = await segments();

    await query(infra.postgres.url, 'CHECKPOINT');

    expect([atFirst, await segments()]).toEqual([[{ enough: true }], [{ enough: true }]]);
  }, MINUTE);

  it('has a Postgres that leaves no tables to be written by the system', async () => {
    const settings = await query(infra.postgres.url, "SELECT name, setting FROM pg_settings WHERE name IN ('backend_flush_after', 'bgwriter_lru_maxpages') ORDER BY name");

    expect(settings).toEqual([
      { name: 'backend_flush_after', setting: '64' },
      { name: 'bgwriter_lru_maxpages', setting: '1000' },
    ]);
  }, MINUTE);

  it('has a Postgres whose autovacuum leaves the cores to others', async () => {
    expect(await query(infra.postgres.url, 'SHOW autovacuum_vacuum_cost_delay')).toEqual([{ autovacuum_vacuum_cost_delay: '10ms' }]);
  }, MINUTE);

  it('has a broker that writes its log to the disk each second', async () => {
    const names = ['log.flush.interval.ms', 'log.flush.scheduler.interval.ms'];

    const { resources } = await withAdmin(infra.kafka.brokers, (admin) =>
      admin.describeConfigs({ includeSynonyms: false, resources: [{ type: ConfigResourceTypes.BROKER, name: '1', configNames: names }] }),
    );

    expect(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]).sort()).toEqual(names.map((name) => [name, '1000']));
  }, MINUTE);

  it('keeps what Postgres committed over a kill', async () => {
    await query(infra.postgres.url, 'CREATE TABLE kept AS SELECT 7 AS number');

    await infra.postgres.kill();
    // The killed server's children hold its shared memory for a moment.
    await eventually(() => infra.postgres.restart());

    expect(await query(infra.postgres.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
  }, MINUTE);

  it('keeps the topics of Kafka over a kill', async () => {
    await withAdmin(infra.kafka.brokers, (admin) => admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 3 }] }));

    await infra.kafka.kill();
    await infra.kafka.restart();

    const { topics } = await eventually(() => withAdmin(infra.kafka.brokers, (admin) => admin.fetchTopicMetadata({ topics: ['kept'] })));
    expect(topics[0]?.partitions).toHaveLength(3);
  }, MINUTE);

  it('leaves no process behind, and finds its data when it is started again on other ports', async () => {
    const pids = [infra.postgres.pid, infra.kafka.pid, infra.redis.pid];

    await infra.stop();
    const left = pids.filter((pid) => isAlive({ pid }));
    infra = await startInfra({ dir: folder });

    expect(left).toEqual([]);
    expect(await query(infra.postgres.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
    expect(await withAdmin(infra.kafka.brokers, (admin) => admin.listTopics())).toContain('kept');
  }, MINUTE);
});
