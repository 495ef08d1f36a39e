import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A service as a process of its own, from what the build made; what it says of its failures goes to the run's output. */
export function startProcess(main: string, environment: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [main], { env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Resolves with the signal, else the code, by which the process ended. */
export async function ended(child: ChildProcess): Promise<NodeJS.Signals | number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.signalCode ?? child.exitCode;
}
