/** The running stack under test, known only by what `npm run up` writes: addresses, credentials, process ids. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@postrider/testing';

export interface StackFile {
  ingestUrl: string;
  adminUrl: string;
  kafkaBrokers: string[];
  postgresUrl: string;
  redisUrl: string;
  smtp: { host: string; port: number; mailFolder: string };
  orgId: string;
  sandbox: string;
  apiKey: string;
  token: string;
  processes: { name: string; pid: number }[];
}

/** Where the suite's own stack lives; the set-up of the suite starts it there. */
export const STACK_FOLDER = join(import.meta.dirname, '../../.local/e2e');

export function stack(): StackFile {
  return JSON.parse(readFileSync(join(STACK_FOLDER, 'stack.json'), 'utf8')) as StackFile;
}

export function pidOf(name: string): number {
  const found = stack().processes.find((process) => process.name === name);
  if (!found) throw new Error(`No process "${name}" in the stack: ${stack().processes.map((process) => process.name).join(', ')}`);
  return found.pid;
}

/** `kill -9`, then waits until the supervisor has started a successor. */
export async function crash(name: string): Promise<void> {
  const pid = pidOf(name);
  process.kill(pid, 'SIGKILL');
  await eventually(() => {
    if (pidOf(name) === pid) throw new Error(`${name} was not started again`);
  }, { timeoutMs: 60_000 });
}

/** The process stands still, alive and deaf, until the answer is called. */
export function freeze(name: string): () => void {
  const pid = pidOf(name);
  process.kill(pid, 'SIGSTOP');
  return () => void process.kill(pid, 'SIGCONT');
}

/** Waits until every service says it can be given work. */
export async function everythingReady(): Promise<void> {
  await eventually(async () => {
    for (const url of [stack().ingestUrl, stack().adminUrl]) {
      const answer = await fetch(`${url}/health/ready`);
      if (!answer.ok) throw new Error(`${url} is not ready: ${await answer.text()}`);
    }
  }, { timeoutMs: 60_000 });
}
