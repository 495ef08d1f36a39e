import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 50;

/** When a process was started, in the kernel's ticks; tells a process from a later one with the same id. Undefined: gone. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return isSignalled(pid) ? 'unknown' : undefined;
  }
}

/** A process that was written down, to be found again by another process. */
export interface KnownProcess {
  pid: number;
  startTime?: string;
}

export function isAlive({ pid, startTime }: KnownProcess): boolean {
  const now = startTimeOf(pid);
  return now !== undefined && (startTime === undefined || startTime === now);
}

/** SIGTERM (or another), then SIGKILL after the time is over. Does nothing to a process that is not the one written down. */
export async function endProcess(known: KnownProcess, signal: NodeJS.Signals = 'SIGTERM', timeoutMs = 15_000): Promise<void> {
  if (isAlive(known)) signalIfThere(known.pid, signal);
  const deadline = performance.now() + timeoutMs;
  while (isAlive(known)) {
    if (performance.now() > deadline) signalIfThere(known.pid, 'SIGKILL');
    await wait(POLL_MS);
  }
}

/** What a file says of a process; undefined without a readable file. */
export function readKnown(file: string): KnownProcess | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KnownProcess;
  } catch {
    return undefined;
  }
}

/** It may have ended since it was looked at. */
function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isSignalled(pid: number): boolean {
  if (process.platform === 'linux') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
