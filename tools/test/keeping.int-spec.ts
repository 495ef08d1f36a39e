import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isAlive } from '@postrider/local-stack';
import { eventually } from '@postrider/testing';
import { endLeftovers } from '../src/stack/background.js';
import { Keeper } from '../src/stack/keeper.js';
import { ServiceProcess, runFolder } from '../src/stack/service-process.js';

/** Real processes in place of services. */
describe('processes of a stack', () => {
  let dir = '';
  let log: string[] = [];
  let keeper: Keeper;
  let process: ServiceProcess;

  const aProcess = (script: string): ServiceProcess => {
    const file = join(dir, 'script.mjs');
    writeFileSync(file, script);
    return new ServiceProcess({ name: 'child', script: file, dir });
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'postrider-keeping-'));
    log = [];
    keeper = new Keeper({ log: (text) => log.push(text), onRestart: () => undefined });
  });
  afterEach(async () => {
    keeper.stop();
    await process.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('are started again when they are killed, and known by their new id', async () => {
    process = aProcess('setInterval(() => {}, 1000)');
    await process.restart();
    const before = process.describe().pid;
    keeper.add(process);
    keeper.start();

    globalThis.process.kill(before, 'SIGKILL');
    await eventually(() => expect(log).toContain('child runs again'));

    const { pid, startTime } = process.describe();
    expect(pid).not.toBe(before);
    expect(isAlive({ pid, startTime })).toBe(true);
  });

  it('that end at once are tried after longer and longer waits', async () => {
    process = aProcess('globalThis.process.exit(1)');
    await process.restart();
    keeper.add(process);
    keeper.start();

    const waits = await eventually(() => {
      const said = log.flatMap((line) => /in ([\d.]+) s/.exec(line)?.[1] ?? []);
      if (said.length < 3) throw new Error(`${said.length} restarts`);
      return said.map(Number);
    });

    expect(waits).toEqual([0.5, 1, 2]);
  });

  it('are ended by anybody who finds them written down after their owner is gone', async () => {
    process = aProcess('setInterval(() => {}, 1000)');
    await process.restart();
    const { pid } = process.describe();

    const ended = await endLeftovers(dir);

    expect([ended, isAlive({ pid }), readdirSync(runFolder(dir))]).toEqual([1, false, []]);
  });

  it('are left alone when their number has gone to somebody else', async () => {
    process = aProcess('setInterval(() => {}, 1000)');
    await process.restart();
    const { pid } = process.describe();
    const file = join(runFolder(dir), 'child.json');
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), startTime: '1' }));

    await endLeftovers(dir);

    expect(isAlive({ pid })).toBe(true);
  });
});
