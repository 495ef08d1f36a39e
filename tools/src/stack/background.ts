/** The stack of a folder as seen from outside of the process that owns it. */
import { fork } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SERVER_NAMES, endProcess, endRecorded, holderOf, pidFileIn, takeLock, waitUntil, type KnownProcess } from '@postrider/local-stack';
import type { Progress } from './infra.js';
import { runFolder } from './service-process.js';
import { readStackFile, removeStackFile, type StackFile } from './stack-file.js';

const STOP_TIMEOUT_MS = 60_000;
const START_TIMEOUT_MS = 600_000;

const ownerFile = (dir: string): string => join(dir, 'supervisor.json');

/** Who owns the stack of a folder, when somebody does. */
export const ownerOf = (dir: string): KnownProcess | undefined => holderOf(ownerFile(dir));

/** Makes this process the owner until it ends or gives it back. False when there is another. */
export const takeOwnership = (dir: string): boolean => takeLock(ownerFile(dir));

export const giveBack = (dir: string): void => rmSync(ownerFile(dir), { force: true });

/** The stack that somebody else started, once it is ready. @throws when its owner ends before */
export async function whenReady(dir: string): Promise<StackFile> {
  const ready = async (): Promise<void> => {
    if (!readStackFile(dir)) throw new Error('It is being started.');
  };
  await waitUntil('The stack', ready, START_TIMEOUT_MS, () => (ownerOf(dir) ? undefined : `its owner ended. See ${join(dir, 'logs/supervisor.log')}`));
  return readStackFile(dir) as StackFile;
}

interface Told {
  /** Somebody else was faster. */
  isTaken?: boolean;
  progress?: string;
  ms?: number;
  ready?: boolean;
  failed?: string;
}

/** Starts a supervisor that outlives us; resolves when the stack is ready, also when another was faster. @throws why it did not start */
export async function startSupervisor(root: string, dir: string, progress: Progress): Promise<void> {
  mkdirSync(join(dir, 'logs'), { recursive: true });
  const log = openSync(join(dir, 'logs/supervisor.log'), 'a');
  const child = fork(join(import.meta.dirname, 'supervisor.js'), [root, dir], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: ['--enable-source-maps'],
  });
  closeSync(log);
  const isTaken = await new Promise<boolean>((resolve, reject) => {
    child.on('message', (told: Told) => {
      if (told.progress !== undefined) progress(told.progress, told.ms ?? 0);
      if (told.ready || told.isTaken) resolve(told.isTaken === true);
      if (told.failed !== undefined) reject(new Error(told.failed));
    });
    child.once('exit', (code) => reject(new Error(`The supervisor ended with ${code}. See ${join(dir, 'logs/supervisor.log')}`)));
  });
  if (child.connected) child.disconnect();
  child.unref();
  if (isTaken) await whenReady(dir);
}

/** Stops the owner, and what an owner that was killed has left. False when nothing ran. */
export async function stopOwner(dir: string): Promise<boolean> {
  const owner = ownerOf(dir);
  if (owner) await endProcess(owner, 'SIGTERM', STOP_TIMEOUT_MS);
  const left = await endLeftovers(dir);
  giveBack(dir);
  return owner !== undefined || left > 0;
}

/** Ends what is written down in the folder and still runs, services before stores. */
export async function endLeftovers(dir: string): Promise<number> {
  removeStackFile(dir);
  const run = runFolder(dir);
  const services = existsSync(run) ? readdirSync(run).map((file) => join(run, file)) : [];
  const ended = await Promise.all(services.map((file) => endRecorded(file)));
  // Fast shutdown of Postgres; the others take it for SIGTERM.
  const stores = SERVER_NAMES.map((name) => pidFileIn(join(dir, 'data', name)));
  ended.push(...(await Promise.all(stores.map((file) => endRecorded(file, 'SIGINT')))));
  return ended.filter((wasThere) => wasThere).length;
}
