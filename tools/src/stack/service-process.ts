import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endProcess, startTimeOf, waitUntil } from '@postrider/local-stack';
import type { Kept } from './keeper.js';
import type { StackProcess } from './stack-file.js';

export interface ServiceProcessOptions {
  name: string;
  script: string;
  args?: readonly string[];
  env?: NodeJS.ProcessEnv;
  logFile: string;
  /** Asked until it answers 200; without it the process counts as ready at once. */
  readyUrl?: string;
}

/**
 * A small young generation and an old one that is collected in time: V8 sizes itself by the machine, and seven processes
 * share this one. Two arenas keep what buffers leave behind from piling up.
 */
const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=16', '--max-old-space-size=192'];
const NODE_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' };

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const TAIL_LINES = 20;

/** A Node process of the stack, with its output in a file. */
export class ServiceProcess implements Kept {
  private child: ChildProcess | undefined;

  constructor(private readonly options: ServiceProcessOptions) {}

  get name(): string {
    return this.options.name;
  }

  describe(): StackProcess {
    const pid = this.child?.pid ?? 0;
    return { name: this.name, pid, startTime: startTimeOf(pid) };
  }

  isAlive(): boolean {
    return this.child?.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts it and waits until it says that it is ready. */
  async restart(): Promise<void> {
    const { script, args = [], env, logFile } = this.options;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    this.child = spawn(process.execPath, [...NODE_FLAGS, script, ...args], {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...NODE_ENVIRONMENT, NODE_COMPILE_CACHE: join(dirname(logFile), '../cache'), ...env },
      detached: true,
    });
    closeSync(log);
    await this.untilReady();
  }

  async stop(): Promise<void> {
    if (this.isAlive()) await endProcess(this.describe(), 'SIGTERM', STOP_TIMEOUT_MS);
  }

  private async untilReady(): Promise<void> {
    const { readyUrl, logFile, name } = this.options;
    if (!readyUrl) return;
    const check = async (): Promise<void> => {
      const answer = await fetch(readyUrl);
      if (!answer.ok) throw new Error(await answer.text());
    };
    await waitUntil(name, check, READY_TIMEOUT_MS, () => (this.isAlive() ? undefined : `it ended. The end of ${logFile}:\n${tailOf(logFile)}`));
  }
}

function tailOf(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}
