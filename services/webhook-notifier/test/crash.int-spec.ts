import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@postrider/testing';
import { WorkerLease } from '../src/queue/worker-lease.js';
import { aStatus } from './builders.js';
import { Rig } from './rig.js';

const MAIN = join(import.meta.dirname, '../dist/main.js');

let rig: Rig;
const children: ChildProcess[] = [];

jest.setTimeout(60_000);

beforeAll(async () => {
  rig = await Rig.start();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rig.stopApps();
});

afterAll(() => rig.stop());

/** A notifier in a process of its own. */
function spawnNotifier(): ChildProcess {
  const child = spawn(process.execPath, [MAIN], { env: { PATH: process.env['PATH'], ...rig.env() }, stdio: 'inherit' });
  children.push(child);
  return child;
}

describe(WorkerLease.name, () => {
  it('lets another process make a call again that the killed one had not recorded, with the same id and bytes', async () => {
    const dying = spawnNotifier();
    const shop = await rig.shop({ respond: ({ attempt }) => (attempt === 1 && dying.kill('SIGKILL') ? { hang: true } : {}) });
    await rig.say(aStatus(shop.version));
    await eventually(() => expect(dying.killed).toBe(true), { timeoutMs: 30_000 });

    await rig.notifier();

    await eventually(() => expect(shop.receiver.calls()).toHaveLength(2));
    const [first, second] = shop.receiver.calls();
    expect(second).toMatchObject({ id: first!.id, body: first!.body, verified: true });
    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ state: 'delivered', calls: 1 }]));
  });

  it('lets processes share the queue, and nothing is called twice when one of them stops', async () => {
    const shop = await rig.shop({ respond: ({ number }) => ({ delayMs: number % 10 }) });
    await rig.notifier();
    const workers = () => rig.sql().query('SELECT id FROM workers');
    // Of those before it nobody is left, so that the second one is the process.
    await eventually(async () => expect(await workers()).toHaveLength(1));
    const stopping = spawnNotifier();
    await eventually(async () => expect(await workers()).toHaveLength(2), { timeoutMs: 30_000 });
    const stopped = new Promise<number | null>((done) => stopping.once('exit', done));
    let said = 0;
    const say = async (): Promise<void> => {
      await rig.say(...Array.from({ length: 200 }, () => aStatus(shop.version)));
      said += 200;
    };
    while (said < 1_000) await say();
    await eventually(() => expect(shop.receiver.calls().length).toBeGreaterThan(100), { intervalMs: 5 });

    stopping.kill('SIGTERM');
    while (said < 2_000) await say();

    expect(await stopped).toBe(0);
    await eventually(() => expect(shop.receiver.calls()).toHaveLength(2_000), { timeoutMs: 40_000 });
    await eventually(async () => expect((await rig.rows(shop)).filter(({ state }) => state !== 'delivered')).toEqual([]));
    expect(new Set(shop.receiver.calls().map(({ id }) => id)).size).toBe(2_000);
  });

  it('stops a process from calling while it cannot show that it is alive, and starts it anew', async () => {
    const app = await rig.notifier();
    const shop = await rig.shop();
    const lease = app.get(WorkerLease, { strict: false });
    const before = lease.name();
    await rig.sql().query('UPDATE workers SET alive_until = now() - interval \'1 second\' WHERE id = $1', [before]);

    await eventually(() => expect(lease.name()).not.toBe(before));
    await rig.say(aStatus(shop.version));

    await eventually(() => expect(shop.receiver.calls()).toHaveLength(1));
    expect(await rig.sql().query('SELECT id FROM workers')).toEqual([{ id: lease.name() }]);
  });
});
