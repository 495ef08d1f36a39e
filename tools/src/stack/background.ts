import { fork } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess, isAlive, type KnownProcess } from '@postrider/local-stack';
import type { Progress } from './infra.js';
import { readStackFile, removeStackFile } from './stack-file.js';

const STOP_TIMEOUT_MS = 60_000;

/** The supervisor of a folder, when one runs. */
export function supervisorIn(dir: string): KnownProcess | undefined {
  try {
    const known = JSON.parse(readFileSync(join(dir, 'supervisor.json'), 'utf8')) as KnownProcess;
    return isAlive(known) ? known : undefined;
  } catch {
    return undefined;
  }
}

interface Told {
  progress?: string;
  ms?: number;
  ready?: boolean;
  failed?: string;
}

/** Starts a supervisor that outlives us; resolves when its stack is ready. @throws why it did not start */
export async function startSupervisor(root: string, dir: string, progress: Progress): Promise<void> {
  await endLeftovers(dir);
  const child = fork(join(import.meta.dirname, 'supervisor.js'), [root, dir], { detached: true, stdio: 'ignore', execArgv: ['--enable-source-maps'] });
  await new Promise<void>((resolve, reject) => {
    child.on('message', (told: Told) => {
      if (told.progress !== undefined) progress(told.progress, told.ms ?? 0);
      if (told.ready) resolve();
      if (told.failed !== undefined) reject(new Error(told.failed));
    });
    child.once('exit', (code) => reject(new Error(`The supervisor ended with ${code}. See ${join(dir, 'logs/supervisor.log')}`)));
  });
  if (child.connected) child.disconnect();
  child.unref();
}

/** Stops the supervisor, and what a supervisor that was killed has left. False when nothing ran. */
export async function stopSupervisor(dir: string): Promise<boolean> {
  const supervisor = supervisorIn(dir);
  if (supervisor) await endProcess(supervisor, 'SIGTERM', STOP_TIMEOUT_MS);
  const left = await endLeftovers(dir);
  rmSync(join(dir, 'supervisor.json'), { force: true });
  return supervisor !== undefined || left > 0;
}

/** Ends what `stack.json` names and still runs, services before stores. */
async function endLeftovers(dir: string): Promise<number> {
  const left = (readStackFile(dir)?.processes ?? []).filter(isAlive);
  for (const process of left.toReversed()) await endProcess(process);
  removeStackFile(dir);
  return left.length;
}
