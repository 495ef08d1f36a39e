import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ChildServer } from './child-server.js';
import { isAlive, startTimeOf } from './processes.js';

describe(ChildServer.name, () => {
  let folder = '';
  const start = (script: string, more: { stopTimeoutMs?: number; answers?: () => Promise<void> } = {}): Promise<ChildServer> =>
    ChildServer.start({ name: 'Child', command: process.execPath, args: ['-e', script], logFile: join(folder, 'child.log'), ...more });
  /** Passes when the child has written something. */
  const wrote = async (): Promise<void> => {
    if (readFileSync(join(folder, 'child.log'), 'utf8') === '') throw new Error('nothing yet');
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'postrider-child-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('starts again under another process id after it was killed', async () => {
    const server = await start('setInterval(() => {}, 1000)');
    const first = server.pid;

    await server.kill();
    await server.restart();

    expect([server.pid === first, server.isRunning()]).toEqual([false, true]);
    await server.stop();
  });

  it('says how a process ended', async () => {
    const server = await start('process.exit(7)');

    const how = await server.ended;

    expect(how).toBe('ended with 7');
  });

  it('fails with the last lines of output when the process ends before it answers', async () => {
    const starting = start('console.error("no such table"); process.exit(3)', { answers: () => Promise.reject(new Error('refused')) });

    await expect(starting).rejects.toThrow(/Child did not start: ended with 3\n.*no such table/s);
  });

  it('keeps this process alive while it stops, and not before', async () => {
    const server = await start('setInterval(() => {}, 1000)');
    const before = process.getActiveResourcesInfo();

    const stopping = server.stop();
    const meanwhile = process.getActiveResourcesInfo();
    await stopping;

    expect([before, meanwhile].map((resources) => resources.includes('ProcessWrap'))).toEqual([false, true]);
  });

  it('kills what does not stop in time', async () => {
    const server = await start('process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)', { stopTimeoutMs: 200, answers: wrote });

    await server.stop();

    expect(await server.ended).toBe('ended by SIGKILL');
  });
});

describe(isAlive.name, () => {
  it('does not take a later process with the same id for the one written down', () => {
    expect(isAlive({ pid: process.pid, startTime: '1' })).toBe(false);
    expect(isAlive({ pid: process.pid, startTime: startTimeOf(process.pid) })).toBe(true);
  });
});
