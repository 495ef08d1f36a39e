import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ChildServer, startTimeOf } from '@postrider/local-stack';
import { ROOT } from '../root.js';
import type { Kept } from './keeper.js';
import type { StackProcess } from './stack-file.js';

export interface ServiceProcessOptions {
  name: string;
  script: string;
  args?: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** The stack's: logs, compiled code and the note of what runs go below it. */
  dir: string;
  /** Asked until it answers 200; without it the process counts as ready at once. */
  readyUrl?: string;
}

const SOURCE_MAPS = pathToFileURL(join(ROOT, 'libs/runtime/dist/own-source-maps.js')).href;

/** V8 sizes itself by the machine, and seven processes share this one. What each flag is for: docs/operations.md. */
const V8_FLAGS = readFileSync(join(ROOT, 'deploy/node-flags'), 'utf8').trim().split('\n');
/** Two arenas keep what buffers leave behind from piling up. */
const NODE_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' };

const STOP_TIMEOUT_MS = 15_000;

/** Where the processes of a stack are written down while they run. */
export const runFolder = (dir: string): string => join(dir, 'run');

/** A Node process of the stack, with its output in a file. */
export class ServiceProcess implements Kept {
  private readonly server: ChildServer;

  constructor(private readonly options: ServiceProcessOptions) {
    const { name, script, args = [], env, dir, readyUrl } = options;
    this.server = new ChildServer({
      name,
      command: process.execPath,
      args: ['--import', SOURCE_MAPS, ...V8_FLAGS, script, ...args],
      env: { ...NODE_ENVIRONMENT, NODE_COMPILE_CACHE: join(dir, 'cache'), ...env },
      logFile: join(dir, 'logs', `${name}.log`),
      pidFile: join(runFolder(dir), `${name}.json`),
      stopTimeoutMs: STOP_TIMEOUT_MS,
      ...(readyUrl && { answers: () => answersOk(readyUrl) }),
    });
  }

  get name(): string {
    return this.options.name;
  }

  describe(): StackProcess {
    const { pid } = this.server;
    return { name: this.name, pid, startTime: startTimeOf(pid) };
  }

  isAlive(): boolean {
    return this.server.isRunning();
  }

  /** Starts it and waits until it says that it is ready. */
  restart(): Promise<void> {
    return this.server.restart();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

async function answersOk(url: string): Promise<void> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(await answer.text());
}
