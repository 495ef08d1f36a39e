import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process of this package that is measured apart from the others. */
export interface Child {
  pid: number;
  /** What it printed on its first line. */
  hello: Record<string, unknown>;
  stop(): Promise<void>;
}

const STOP_DEADLINE_MS = 10_000;

/** Standard input stays open as long as this process lives: see `endWithParent`. */
function start(script: string, args: readonly string[], env?: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
}

/** Starts a script and waits for its first line, a JSON object that says where it listens. */
export async function startChild(script: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Child> {
  const child = start(script, args, env);
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => ['{}'])])) as [string];
  if (child.exitCode !== null || child.pid === undefined) throw new Error(`${script} ended at its start (exit ${child.exitCode}).`);
  return { pid: child.pid, hello: JSON.parse(line) as Record<string, unknown>, stop: () => stop(child) };
}

/** Runs a script to its end. */
export async function runChild(script: string, args: readonly string[], onStart?: (pid: number) => void): Promise<string> {
  const child = start(script, args);
  if (child.pid !== undefined) onStart?.(child.pid);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${script} ended with ${code}.`);
  return output;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await once(child, 'exit');
  clearTimeout(timer);
}
