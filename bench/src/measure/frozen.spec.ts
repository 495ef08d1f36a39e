import { readFileSync } from 'node:fs';
import { spawn, type ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@postrider/testing';
import { whileFrozen } from './frozen.js';

const stateOf = (pid: number): string => / ([A-Z]) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, ''))?.[1] ?? '?';

describe(whileFrozen.name, () => {
  let child: ChildProcess;
  let pid: number;
  beforeEach(() => {
    child = spawn('sleep', ['60']);
    pid = child.pid ?? 0;
  });
  afterEach(() => void child.kill('SIGKILL'));

  it('stops processes for the time of the work and no longer', async () => {
    await whileFrozen([pid], () => eventually(() => expect(stateOf(pid)).toBe('T')));

    await eventually(() => expect(stateOf(pid)).toBe('S'));
  });

  it('lets them go on when the work fails', async () => {
    const failed = whileFrozen([pid], () => Promise.reject(new Error('no')));

    await expect(failed).rejects.toThrow('no');
    await eventually(() => expect(stateOf(pid)).toBe('S'));
  });
});
