/** Processes that are written down while they run, so that another process can end them when their parent is gone. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endProcess, isAlive, readKnown, startTimeOf } from './processes.js';

/** Where a server with its data in a folder is written down. */
export const pidFileIn = (dir: string): string => join(dir, 'pid.json');

export function record(pidFile: string, pid: number): void {
  mkdirSync(dirname(pidFile), { recursive: true });
  writeFileSync(pidFile, JSON.stringify({ pid, startTime: startTimeOf(pid) }));
}

/** Ends the process that a file names, if it is still the one. @returns whether there was one */
export async function endRecorded(pidFile: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<boolean> {
  const known = readKnown(pidFile);
  const isThere = known !== undefined && isAlive(known);
  if (isThere) await endProcess(known, signal);
  rmSync(pidFile, { force: true });
  return isThere;
}
