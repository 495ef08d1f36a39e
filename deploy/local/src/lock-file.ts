/**
 * A lock between processes of one machine and one user.
 * Guarantee: one holder at a time; the lock of a holder that died is taken over by the next who asks.
 * Limits: not fair; the folder must lie on a file system with hard links.
 */
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, readKnown, startTimeOf, type KnownProcess } from './processes.js';

const POLL_MS = 100;

/** Does the work while nobody else holds the lock. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  while (!takeLock(file)) await wait(POLL_MS);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** True when the lock is now this process's, until the file is removed or the process ends. */
export function takeLock(file: string): boolean {
  mkdirSync(dirname(file), { recursive: true });
  return link(file) || (removeIfStale(file) && link(file));
}

/** Who holds the lock, when that is a process that lives. */
export function holderOf(file: string): KnownProcess | undefined {
  const known = readKnown(file);
  return known && isAlive(known) ? known : undefined;
}

function link(file: string): boolean {
  // Linked, not written: the lock appears with its holder's name in it.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) }));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function removeIfStale(file: string): boolean {
  if (holderOf(file)) return false;
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return true;
  }
  // Somebody may have taken it since it was looked at: theirs goes back.
  if (holderOf(aside)) renameSync(aside, file);
  else rmSync(aside, { force: true });
  return true;
}
