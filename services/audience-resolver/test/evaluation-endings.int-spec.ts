import { once } from 'node:events';
import { randomUUIDv7 } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@postrider/testing';
import { Client } from 'pg';
import { Evaluator } from '../src/evaluation/evaluator.js';
import { OldMembers } from '../src/evaluation/old-members.js';
import { EvaluationRig, aComposition, aSegment, where } from './evaluation-rig.js';
import { TENANT, aProfile, store } from './profiles.js';

jest.setTimeout(60_000);

let rig: EvaluationRig;
const SWEDES = 500;

beforeAll(async () => {
  rig = await EvaluationRig.prepare();
  await store(rig.database.adminUrl, Array.from({ length: SWEDES }, () => aProfile({ attributes: { country: 'SE' } })));
});

afterEach(() => rig.endAll());

afterAll(() => rig.drop());

/** Nobody writes members until the answer is called. */
async function holdMembers(): Promise<() => Promise<void>> {
  const holder = new Client({ connectionString: rig.database.adminUrl });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE audiences.members IN SHARE MODE');
  return () => holder.end();
}

const writersWaiting = (): Promise<number> =>
  rig.admin.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).then(({ rowCount }) => rowCount ?? 0);

async function countMembers(evaluationId: string): Promise<number> {
  const { rows } = await rig.admin.query<{ count: number }>('SELECT count(*)::int AS count FROM audiences.members WHERE evaluation_id = $1', [evaluationId]);
  return rows[0]?.count ?? 0;
}

/** As a run asks for it. */
async function ask(audienceId: string, revision = 0): Promise<string> {
  const evaluationId = randomUUIDv7();
  await rig.admin.query(`INSERT INTO audiences.evaluations (evaluation_id, tenant_id, audience_id, status, is_upload, revision) VALUES ($1, $2, $3, 'Running', false, $4)`, [evaluationId, TENANT, audienceId, revision]);
  return evaluationId;
}

const statusOf = async (evaluationId: string): Promise<unknown> => (await rig.admin.query('SELECT status, size FROM audiences.evaluations WHERE evaluation_id = $1', [evaluationId])).rows[0];

describe(Evaluator.name, () => {
  it('leaves nothing when its process is killed, and another process carries it out', async () => {
    const audience = aSegment(where('country', 'SE'));
    await rig.define(audience);
    const victim = rig.spawn();
    const evaluationId = await ask(audience.id);
    const release = await holdMembers();
    await eventually(async () => expect(await writersWaiting()).toBe(1), { timeoutMs: 30_000 });

    victim.kill('SIGKILL');
    await once(victim, 'exit');
    await rig.start();
    const before = await statusOf(evaluationId);
    await release();

    expect(before).toEqual({ status: 'Running', size: 0 });
    await eventually(async () => expect(await statusOf(evaluationId)).toEqual({ status: 'Completed', size: SWEDES }));
    expect(await countMembers(evaluationId)).toBe(SWEDES);
  });

  it('is rolled back at once at the end of its process, and left to the next', async () => {
    const audience = aSegment(where('country', 'SE'));
    await rig.define(audience);
    const ending = await rig.start();
    const evaluationId = await ask(audience.id);
    const release = await holdMembers();
    await eventually(async () => expect(await writersWaiting()).toBe(1));

    const startedAt = performance.now();
    rig.apps.splice(0);
    await ending.close();
    const took = performance.now() - startedAt;
    const left = await statusOf(evaluationId);
    await release();
    await rig.start();

    expect(took).toBeLessThan(9_000);
    expect(left).toEqual({ status: 'Running', size: 0 });
    await eventually(async () => expect(await statusOf(evaluationId)).toEqual({ status: 'Completed', size: SWEDES }));
  });

  it('carries each out once over two processes, parts of compositions included', async () => {
    const segments = Array.from({ length: 6 }, () => aSegment(where('country', 'SE')));
    const compositions = segments.map(() => aComposition({ op: 'union', of: segments.map(({ id }) => ({ op: 'audience', audienceId: id })) }));
    await rig.define(...segments, ...compositions);
    await Promise.all([rig.start(), rig.start()]);

    const ids = await Promise.all(compositions.map(({ id }) => ask(id)));

    await eventually(async () => {
      for (const id of ids) expect(await statusOf(id)).toEqual({ status: 'Completed', size: SWEDES });
    }, { timeoutMs: 30_000 });
    const parts = (await Promise.all(segments.map(({ id }) => rig.history(id)))).flat();
    expect(new Set(parts.map(({ audienceId }) => audienceId)).size).toBe(segments.length);
    expect(parts.every(({ status, size }) => status === 'Completed' && size === SWEDES)).toBe(true);
  });

  it('waits in every process for the edit that it was asked for', async () => {
    const audience = aSegment(where('country', 'DK'), { revision: 1 });
    await rig.define(audience);
    await rig.start();
    const [edited, unedited] = [await ask(audience.id, 2), aSegment(where('country', 'SE'), { revision: 1 })];
    await rig.define(unedited);
    await rig.evaluate(unedited);
    const meanwhile = await statusOf(edited);

    await rig.define({ ...audience, revision: 2, rules: where('country', 'SE') });

    expect(meanwhile).toEqual({ status: 'Running', size: 0 });
    await eventually(async () => expect(await statusOf(edited)).toEqual({ status: 'Completed', size: SWEDES }));
  });

  it('fails when its audience does not exist', async () => {
    await rig.start();
    const evaluationId = await ask('nobody');
    await rig.admin.query(`UPDATE audiences.evaluations SET started_at = now() - interval '1 minute' WHERE evaluation_id = $1`, [evaluationId]);

    await eventually(async () => expect(await statusOf(evaluationId)).toEqual({ status: 'Failed', size: 0 }));
  });
});

describe(OldMembers.name, () => {
  it('deletes members of evaluations that another one took the place of, except those that a run goes through', async () => {
    const audience = aSegment(where('country', 'SE'));
    await rig.define(audience);
    const app = await rig.start({ AUDIENCE_KEEP_MS: '0' });
    const old = await rig.evaluate(audience);
    await rig.admin.query(
      `INSERT INTO audiences.runs (execution_id, tenant_id, audience_id, campaign_id, accepted, state, evaluation_id, announced) VALUES ('run', $1, $2, 'campaign', '{}', 'Paused', $3, true)`,
      [TENANT, audience.id, old.evaluationId],
    );
    const middle = await rig.evaluate(audience);
    const last = await rig.evaluate(audience);

    await app.get(OldMembers).sweep();
    const during = await Promise.all([old, middle, last].map(({ evaluationId }) => countMembers(evaluationId)));
    await rig.admin.query(`UPDATE audiences.runs SET state = 'Cancelled', finished_at = now() WHERE execution_id = 'run'`);
    await app.get(OldMembers).sweep();
    const afterwards = await Promise.all([old, middle, last].map(({ evaluationId }) => countMembers(evaluationId)));

    expect(during).toEqual([SWEDES, 0, SWEDES]);
    expect(afterwards).toEqual([0, 0, SWEDES]);
    expect((await rig.history(audience.id)).map(({ size }) => size)).toEqual([SWEDES, SWEDES, SWEDES]);
  });

  it('keeps what another evaluation took the place of only a moment ago', async () => {
    const audience = aSegment(where('country', 'SE'));
    await rig.define(audience);
    const app = await rig.start();
    const old = await rig.evaluate(audience);
    await rig.evaluate(audience);

    await app.get(OldMembers).sweep();

    expect(await countMembers(old.evaluationId)).toBe(SWEDES);
  });
});
