/**
 * Guarantee: the processes go on when the work is over, when it fails, and when this process is killed: a guard of its own,
 * out of reach of the terminal's signals, waits for the end of its input and continues them.
 * Limit: a process that is ended and started again while it is frozen is not frozen again.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const GUARD = 'cat >/dev/null; kill -CONT "$@" 2>/dev/null; true';

/** Stops processes (SIGSTOP) while the work runs. */
export async function whileFrozen<T>(pids: readonly number[], work: () => Promise<T>): Promise<T> {
  const guard = spawn('sh', ['-c', GUARD, 'guard', ...pids.map(String)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  await once(guard, 'spawn');
  try {
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    return await work();
  } finally {
    const ended = once(guard, 'close');
    guard.stdin.end();
    await ended;
  }
}
