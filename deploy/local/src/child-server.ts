/**
 * One child process, usually one that listens on a port.
 * Guarantee: `start` and `restart` resolve when it answers; when it does not come up, the error holds its last lines of output.
 * Limits: it is in a process group of its own, so it outlives its parent unless it is stopped. With a `pidFile`, what an
 * earlier parent left running is ended first: two servers on one folder of data would ruin it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { endRecorded, record } from './recorded-process.js';
import type { Server } from './server.js';
import { waitUntil } from './wait-until.js';

export interface ChildServerOptions {
  name: string;
  command: string;
  args: readonly string[];
  /** Added to our own environment. */
  env?: NodeJS.ProcessEnv;
  logFile: string;
  /** Where the process is written down while it runs. */
  pidFile?: string;
  /** Passes when the server answers; left out, it counts as started at once. */
  answers?: () => Promise<void>;
  stopSignal?: NodeJS.Signals;
  startTimeoutMs?: number;
  /** How long it may take to stop before it is killed. */
  stopTimeoutMs?: number;
}

const STOP_TIMEOUT_MS = 20_000;
const START_TIMEOUT_MS = 60_000;
const LOG_TAIL_LINES = 15;

export class ChildServer implements Server {
  private child: ChildProcess | undefined;
  ended: Promise<string> = Promise.resolve('not started');

  constructor(private readonly options: ChildServerOptions) {}

  static async start(options: ChildServerOptions): Promise<ChildServer> {
    const server = new ChildServer(options);
    await server.restart();
    return server;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  isRunning(): boolean {
    return this.child?.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  async restart(): Promise<void> {
    await this.stop();
    const { name, command, args, env, logFile, pidFile, answers = async () => undefined } = this.options;
    if (pidFile) await endRecorded(pidFile, this.options.stopSignal);
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    const child = spawn(command, [...args], { stdio: ['ignore', log, log], detached: true, env: { ...process.env, ...env } });
    closeSync(log);
    child.unref();
    this.child = child;
    if (pidFile && child.pid) record(pidFile, child.pid);
    let end: string | undefined;
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve((end = error.message)));
      child.once('exit', (code, signal) => resolve((end = signal ? `ended by ${signal}` : `ended with ${code}`)));
    });
    const gaveUp = (): string | undefined => end && `${end}\n${tailOf(logFile)}`;
    try {
      await waitUntil(name, answers, this.options.startTimeoutMs ?? START_TIMEOUT_MS, gaveUp);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.end(this.options.stopSignal ?? 'SIGTERM');
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || !this.isRunning()) return;
    const gone = once(child, 'exit');
    // Otherwise, when the timer has gone off, nothing would keep this process from ending before the child has.
    child.ref();
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), this.options.stopTimeoutMs ?? STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(timer);
    if (this.options.pidFile) rmSync(this.options.pidFile, { force: true });
  }
}

function tailOf(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}
