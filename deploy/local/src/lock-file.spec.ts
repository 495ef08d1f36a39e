import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { holderOf, takeLock, withLock } from './lock-file.js';

describe('a lock file', () => {
  let file = '';
  beforeEach(() => {
    file = join(mkdtempSync(join(tmpdir(), 'postrider-lock-')), 'deep/lock.json');
  });
  afterEach(() => rmSync(join(file, '../..'), { recursive: true, force: true }));

  it('has one holder at a time, and is free afterwards', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, (inside += 1));
      await turn();
      inside -= 1;
    };

    await Promise.all([withLock(file, work), withLock(file, work), withLock(file, work)]);

    expect(most).toBe(1);
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  it('is refused while its holder lives', () => {
    expect([takeLock(file), takeLock(file)]).toEqual([true, false]);
    expect(holderOf(file)?.pid).toBe(process.pid);
  });

  it('is taken over from a process that died', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    takeLock(file);
    writeFileSync(file, JSON.stringify({ pid }));

    expect(holderOf(file)).toBeUndefined();
    expect(takeLock(file)).toBe(true);
  });

  it('is taken over from a process whose id another one has now', () => {
    takeLock(file);
    writeFileSync(file, JSON.stringify({ pid: process.pid, startTime: '1' }));

    expect(takeLock(file)).toBe(true);
  });

  it('is free again when the work failed', async () => {
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');

    expect(takeLock(file)).toBe(true);
  });
});
