import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isAlive, type KnownProcess } from '@postrider/local-stack';

const SET_UP = join(import.meta.dirname, '../dist/jest-set-up.js');

/** What a test run does: joins, says which stack it got, leaves when it is told to. */
const RUN = `
  const { joinStack, leaveStack } = await import(${JSON.stringify(SET_UP)});
  const dir = process.argv[1];
  console.log(JSON.stringify(await joinStack(dir)));
  process.stdin.once('data', async () => { await leaveStack(dir); process.exit(0); });`;

class TestRun {
  private constructor(private readonly child: ChildProcess, readonly stack: unknown) {}

  static async join(dir: string): Promise<TestRun> {
    const env = { ...process.env, KAFKA_BROKERS: '', POSTGRES_ADMIN_URL: '', REDIS_URL: '' };
    const child = spawn(process.execPath, ['--input-type=module', '-e', RUN, dir], { stdio: ['pipe', 'pipe', 'inherit'], env });
    const line = await new Promise<string>((said) => createInterface(child.stdout).once('line', said));
    return new TestRun(child, JSON.parse(line));
  }

  async leave(): Promise<void> {
    const gone = new Promise((done) => this.child.once('exit', done));
    this.child.stdin?.write('leave\n');
    await gone;
  }

  async dieWithoutLeaving(): Promise<void> {
    const gone = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGKILL');
    await gone;
  }
}

describe('a stack that test runs share', () => {
  let dir = '';
  const servers = (): KnownProcess[] => (JSON.parse(readFileSync(join(dir, 'stack.json'), 'utf8')) as { processes: KnownProcess[] }).processes;

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'postrider-shared-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('is started once, survives the first to leave and one that is killed, and ends with the last', async () => {
    const [first, second] = await Promise.all([TestRun.join(dir), TestRun.join(dir)]);
    const processes = servers();

    await first.leave();
    const afterFirst = processes.every(isAlive);
    await second.dieWithoutLeaving();
    const third = await TestRun.join(dir);
    const afterKill = processes.every(isAlive);
    await third.leave();

    expect([second.stack, third.stack]).toEqual([first.stack, first.stack]);
    expect([afterFirst, afterKill]).toEqual([true, true]);
    expect(processes.filter(isAlive)).toEqual([]);
    expect(existsSync(join(dir, 'data'))).toBe(false);
  }, 120_000);
});
