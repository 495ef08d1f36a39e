import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions, type Command } from '../command.js';
import { runDemo } from '../demo/run.js';
import { printProgress } from '../progress.js';
import { ROOT, stackFolder } from '../root.js';
import { giveBack, takeOwnership, whenReady } from '../stack/background.js';
import { LocalStack } from '../stack/local-stack.js';

const INTERRUPTED = 130;

export const start: Command = {
  summary: 'starts everything, runs the demo, stays up until Ctrl-C',
  help: `npm start [-- --once] [--dir FOLDER]

Installs and starts what is missing, runs all services, triggers a demo campaign and shows what arrived.
Stays up until Ctrl-C and then stops everything. What npm run up started is used, and left running.
  --once    ends after the demo: 0 when everything arrived, 1 when not`,
  async run(args) {
    const { values } = readOptions(args, { dir: { type: 'string' }, once: { type: 'boolean', default: false } });
    const dir = stackFolder(values.dir);
    if (takeOwnership(dir)) return runInForeground(dir, values.once);
    console.log('It runs already.');
    await runDemo(await whenReady(dir), dir);
    console.log('\nIt stays up; stop it with: npm run down');
    return 0;
  },
};

async function runInForeground(dir: string, once: boolean): Promise<number> {
  const stack = new LocalStack({ root: ROOT, dir, progress: printProgress, log: logTo(dir) });
  const interrupted = nextInterrupt();
  try {
    return (await Promise.race([demonstrate(stack, dir), interrupted])) ?? (once ? 0 : await stayUp(interrupted));
  } finally {
    console.log('\nstopping …');
    await stack.stop();
    giveBack(dir);
    console.log('✓ stopped');
  }
}

async function demonstrate(stack: LocalStack, dir: string): Promise<undefined> {
  const startedAt = performance.now();
  const running = await stack.start();
  console.log(`✓ everything runs after ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  await runDemo(running, dir);
}

async function stayUp(interrupted: Promise<number>): Promise<number> {
  console.log('\nEverything stays up until Ctrl-C.');
  await interrupted;
  return 0;
}

function logTo(dir: string): (text: string) => void {
  mkdirSync(join(dir, 'logs'), { recursive: true });
  return (text) => appendFileSync(join(dir, 'logs', 'supervisor.log'), `${new Date().toISOString()} ${text}\n`);
}

function nextInterrupt(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(INTERRUPTED));
  });
}
