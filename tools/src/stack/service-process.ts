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

/**
 * A small young generation and an old one that is collected when it has grown by 40 %: V8 sizes itself by the machine, and
 * seven processes share this one. By its own measure of so small a heap V8 collects the old one at each 10 %, twice a second
 * under load, and for 50 ms each time it takes both cores. Nor may V8 allocate in the old one by itself: after a moment of
 * overload, in which everything lives long, it would go on to, and what is there keeps all that it points at until it is
 * collected. Nor collect to give memory back, which processes that began together do together, every 106 s. One thread helps
 * to collect, so that a core is left. Two arenas keep what buffers leave behind from piling up.
 */
const V8_FLAGS = readFileSync(join(ROOT, 'deploy/node-flags'), 'utf8').trim().split('\n');
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
