/** The background owner of a stack: `npm run up` starts it and leaves, `npm run down` tells it to stop. */
import 'reflect-metadata';
import { LocalStack } from './local-stack.js';
import { giveBack, takeOwnership } from './background.js';

const [root = '', dir = ''] = process.argv.slice(2);
const log = (text: string): void => console.log(`${new Date().toISOString()} ${text}`);
/** Nobody listens any more after the stack is ready, or when `up` was interrupted. */
const tell = (event: Record<string, unknown>): void => void (process.connected && process.send?.(event, () => undefined));

const stack = new LocalStack({
  root,
  dir,
  log,
  progress: (what, ms) => {
    log(`${what} (${Math.round(ms)} ms)`);
    tell({ progress: what, ms });
  },
});

let isReady = false;
let isStopping = false;
async function stop(code: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  log('stopping');
  await stack.stop();
  giveBack(dir);
  log('stopped');
  process.exit(code);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0));
// `up` was interrupted before it was done.
process.on('disconnect', () => void (isReady || stop(1)));
process.on('uncaughtException', (error) => {
  log(`failed: ${error.stack ?? error.message}`);
  void stop(1);
});

async function start(): Promise<void> {
  try {
    await stack.start();
    isReady = true;
    tell({ ready: true });
    log('ready');
  } catch (error) {
    if (isStopping) return;
    const text = error instanceof Error ? error.message : String(error);
    log(`did not start: ${text}`);
    tell({ failed: text });
    await stop(1);
  }
}

if (takeOwnership(dir)) {
  await start();
} else {
  tell({ isTaken: true });
  process.removeAllListeners('disconnect');
}
