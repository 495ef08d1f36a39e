import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions, type Command } from '../command.js';
import { runDemo } from '../demo/run.js';
import { printProgress } from '../progress.js';
import { ROOT, stackFolder } from '../root.js';
import { supervisorIn } from '../stack/background.js';
import { LocalStack } from '../stack/local-stack.js';

export const start: Command = {
  summary: 'starts everything, runs the demo, stays up until Ctrl-C',
  help: `npm start [-- --once] [--dir FOLDER]

Installs and starts what is missing, runs all services, triggers a demo campaign and shows what arrived.
Stays up until Ctrl-C and then stops everything.
  --once    ends after the demo: 0 when everything arrived, 1 when not`,
  async run(args) {
    const { values } = readOptions(args, { dir: { type: 'string' }, once: { type: 'boolean', default: false } });
    const dir = stackFolder(values.dir);
    if (supervisorIn(dir)) throw new Error('It runs in the background already. Use npm run demo, or stop it first: npm run down');
    const stack = new LocalStack({ root: ROOT, dir, progress: printProgress, log: logTo(dir) });
    const interrupted = nextInterrupt();
    const startedAt = performance.now();
    try {
      const running = await Promise.race([stack.start(), interrupted]);
      if (running === 'interrupted') return 130;
      console.log(`✓ everything runs after ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
      await runDemo(running);
      if (values.once) return 0;
      console.log('\nEverything stays up until Ctrl-C.');
      await interrupted;
      return 0;
    } finally {
      console.log('\nstopping …');
      await stack.stop();
      console.log('✓ stopped');
    }
  },
};

function logTo(dir: string): (text: string) => void {
  mkdirSync(join(dir, 'logs'), { recursive: true });
  return (text) => appendFileSync(join(dir, 'logs', 'supervisor.log'), `${new Date().toISOString()} ${text}\n`);
}

function nextInterrupt(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve('interrupted'));
  });
}
