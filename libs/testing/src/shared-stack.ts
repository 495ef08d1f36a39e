/**
 * One stack for all test runs of a checkout that go on at the same time.
 * Guarantee: the first run starts it, later ones join, the last one to leave stops it; a run that was killed does not count.
 * Limits: runs agree through files below one folder, so one machine and one user.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { endProcess, isAlive, startInfra, startTimeOf, type KnownProcess } from '@postrider/local-stack';
import type { TestStack } from './test-stack.js';

interface StackRecord {
  stack: TestStack;
  processes: KnownProcess[];
}

const POLL_MS = 100;
const LOCK_STALE_MS = 120_000;

/** Joins the stack below `dir`, starting it when nobody has. */
export async function joinStack(dir: string): Promise<TestStack> {
  return locked(dir, async () => {
    const users = join(dir, 'users');
    mkdirSync(users, { recursive: true });
    writeFileSync(join(users, String(process.pid)), startTimeOf(process.pid) ?? '');
    const running = readRecord(dir);
    if (running && running.processes.every(isAlive)) return running.stack;
    for (const process of running?.processes ?? []) await endProcess(process, 'SIGKILL');
    return start(dir);
  });
}

/** Leaves the stack; stops it and removes its data when nobody else uses it. */
export async function leaveStack(dir: string): Promise<void> {
  await locked(dir, async () => {
    const users = join(dir, 'users');
    rmSync(join(users, String(process.pid)), { force: true });
    const others = readdirSync(users).filter((pid) => isAlive({ pid: Number(pid), startTime: readFileSync(join(users, pid), 'utf8') }));
    if (others.length > 0) return;
    await Promise.all((readRecord(dir)?.processes ?? []).map((process) => endProcess(process)));
    for (const name of ['stack.json', 'data', 'users']) rmSync(join(dir, name), { recursive: true, force: true });
  });
}

async function start(dir: string): Promise<TestStack> {
  rmSync(join(dir, 'data'), { recursive: true, force: true });
  const infra = await startInfra({ dir: join(dir, 'data') });
  const stack = { kafkaBrokers: infra.kafka.brokers, postgresAdminUrl: infra.postgres.url, redisUrl: infra.redis.url };
  const processes = [infra.postgres, infra.kafka, infra.redis].map(({ pid }) => ({ pid, startTime: startTimeOf(pid) }));
  writeFileSync(join(dir, 'stack.json'), JSON.stringify({ stack, processes } satisfies StackRecord));
  return stack;
}

function readRecord(dir: string): StackRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(dir, 'stack.json'), 'utf8')) as StackRecord;
  } catch {
    return undefined;
  }
}

/** A folder is the lock: making one is atomic. A lock left by a killed run is broken after two minutes. */
async function locked<T>(dir: string, work: () => Promise<T>): Promise<T> {
  const lock = join(dir, 'lock');
  mkdirSync(dir, { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      breakStale(lock);
      await wait(POLL_MS);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function breakStale(lock: string): void {
  try {
    if (Date.now() - statSync(lock).mtimeMs > LOCK_STALE_MS) rmSync(lock, { recursive: true, force: true });
  } catch {
    // Gone meanwhile: the next try takes it.
  }
}
