import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isAlive } from '@postrider/local-stack';
import { eventually } from '@postrider/testing';
import { ROOT } from '../src/root.js';
import { readStackFile, stackFileIn, type StackFile, type StackProcess } from '../src/stack/stack-file.js';

const run = promisify(execFile);

describe('a stack in the background', () => {
  const dir = mkdtempSync(join(tmpdir(), 'postrider-stack-'));
  const cli = async (...args: string[]): Promise<string> => (await run(process.execPath, [join(ROOT, 'tools/dist/cli.js'), ...args, '--dir', dir])).stdout;
  const stack = (): StackFile => {
    const found = readStackFile(dir);
    if (!found) throw new Error('there is no stack.json');
    return found;
  };
  const find = (name: string): StackProcess => stack().processes.find((process) => process.name === name) as StackProcess;

  beforeAll(async () => {
    // Typed twice at the same moment.
    await Promise.all([cli('up'), cli('up')]);
  }, 240_000);

  afterAll(async () => {
    await cli('down', '--wipe');
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  it('says where everything is, to its owner alone', async () => {
    const { ingestUrl, adminUrl, processes } = stack();

    const answers = await Promise.all([fetch(`${ingestUrl}/im/health`), fetch(`${adminUrl}/health/ready`)]);

    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    expect(processes.every(isAlive)).toBe(true);
    expect(statSync(stackFileIn(dir)).mode & 0o077).toBe(0);
  });

  it('is not started twice', async () => {
    const before = stack();

    const said = await cli('up');

    expect(said).toContain('It runs already');
    expect(stack()).toEqual(before);
  });

  it.each(['webhook-notifier', 'redis'])('starts %s again when it is killed, and writes its new id down', async (name) => {
    const before = find(name);

    process.kill(before.pid, 'SIGKILL');

    await eventually(() => {
      expect(find(name).pid).not.toBe(before.pid);
      expect(isAlive(find(name))).toBe(true);
    }, { timeoutMs: 60_000 });
  }, 90_000);

  it('comes up again at the same addresses after its supervisor was killed, and leaves none of the old processes', async () => {
    const before = stack();
    process.kill(before.supervisorPid, 'SIGKILL');

    await cli('up');

    const { ingestUrl, smtp, kafkaBrokers, apiKey, token } = stack();
    expect(before.processes.filter(isAlive)).toEqual([]);
    expect({ ...before, ingestUrl, smtp, kafkaBrokers, apiKey, token }).toEqual(before);
  }, 240_000);

  it('leaves nothing behind', async () => {
    const { processes, supervisorPid } = stack();

    await cli('down', '--wipe');

    expect(processes.filter(isAlive)).toEqual([]);
    expect(isAlive({ pid: supervisorPid })).toBe(false);
    expect(readdirSync(dir)).toEqual([]);
  }, 60_000);
});
