/**
 * One child process that listens on a port. It outlives nothing: its own process group is signalled, and its output goes
 * to a log file whose last lines are part of the error when it does not come up.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { waitUntil } from './wait-until.js';

export interface ChildServerOptions {
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  logFile: string;
  /** Passes when the server answers. */
  answers: () => Promise<void>;
  stopSignal?: NodeJS.Signals;
  startTimeoutMs?: number;
}

const STOP_TIMEOUT_MS = 20_000;
const START_TIMEOUT_MS = 60_000;
const LOG_TAIL_LINES = 15;

export class ChildServer {
  private child: ChildProcess | undefined;

  constructor(private readonly options: ChildServerOptions) {}

  static async start(options: ChildServerOptions): Promise<ChildServer> {
    const server = new ChildServer(options);
    await server.restart();
    return server;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  async restart(): Promise<void> {
    if (this.isRunning()) await this.stop();
    const { name, command, args, env, uid, gid, logFile, answers } = this.options;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    this.child = spawn(command, [...args], { stdio: ['ignore', log, log], detached: true, env: { ...process.env, ...env }, uid, gid });
    this.child.unref();
    closeSync(log);
    let spawnError: Error | undefined;
    this.child.once('error', (error) => (spawnError = error));
    const gaveUp = (): string | undefined =>
      spawnError?.message ?? (this.isRunning() ? undefined : `it ended with ${this.child?.exitCode ?? this.child?.signalCode}\n${tailOf(logFile)}`);
    await waitUntil(name, answers, this.options.startTimeoutMs ?? START_TIMEOUT_MS, gaveUp);
  }

  async stop(): Promise<void> {
    await this.end(this.options.stopSignal ?? 'SIGTERM');
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  private isRunning(): boolean {
    return this.child?.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || !this.isRunning()) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(timer);
  }
}

function tailOf(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}
