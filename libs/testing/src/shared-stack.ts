/**
 * One stack for all test runs of a checkout that go on at the same time.
 * Guarantee: the first run starts it, later ones join, the last one to leave stops it; a run that was killed does not count.
 * Limits: runs agree through files below one folder, so one machine and one user.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVER_NAMES, endProcess, endRecorded, isAlive, pidFileIn, startInfra, startTimeOf, withLock, type KnownProcess } from '@postrider/local-stack';
import type { TestStack } from './test-stack.js';

interface StackRecord {
  stack: TestStack;
  processes: KnownProcess[];
}

/** Joins the stack below `dir`, starting it when nobody has; servers that the environment names are taken in its place. */
export async function joinStack(dir: string): Promise<TestStack> {
  const given = givenStack(process.env);
  if (given) return given;
  return withLock(join(dir, 'lock.json'), async () => {
    const users = join(dir, 'users');
    mkdirSync(users, { recursive: true });
    writeFileSync(join(users, String(process.pid)), startTimeOf(process.pid) ?? '');
    const running = readRecord(dir);
    if (running && running.processes.every(isAlive)) return running.stack;
    for (const process of running?.processes ?? []) await endProcess(process, 'SIGKILL');
    return await start(dir);
  });
}

/** Leaves the stack; stops it and removes its data when nobody else uses it. */
export async function leaveStack(dir: string): Promise<void> {
  await withLock(join(dir, 'lock.json'), async () => {
    const users = join(dir, 'users');
    mkdirSync(users, { recursive: true });
    rmSync(join(users, String(process.pid)), { force: true });
    const others = readdirSync(users).filter((pid) => isAlive({ pid: Number(pid), startTime: readFileSync(join(users, pid), 'utf8') }));
    if (others.length > 0) return;
    await Promise.all((readRecord(dir)?.processes ?? []).map((process) => endProcess(process)));
    for (const name of ['stack.json', 'data', 'users']) rmSync(join(dir, name), { recursive: true, force: true });
  });
}

function givenStack({ KAFKA_BROKERS, POSTGRES_ADMIN_URL, REDIS_URL }: NodeJS.ProcessEnv): TestStack | undefined {
  if (!KAFKA_BROKERS || !POSTGRES_ADMIN_URL || !REDIS_URL) return undefined;
  return { kafkaBrokers: KAFKA_BROKERS.split(','), postgresAdminUrl: POSTGRES_ADMIN_URL, redisUrl: REDIS_URL };
}

async function start(dir: string): Promise<TestStack> {
  // Left by a run that was killed in the middle of its start.
  await Promise.all(SERVER_NAMES.map((name) => endRecorded(pidFileIn(join(dir, 'data', name)), 'SIGKILL')));
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
