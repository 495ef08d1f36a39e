/** The background owner of a stack: `npm run up` starts it and leaves, `npm run down` tells it to stop. */
import 'reflect-metadata';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTimeOf } from '@postrider/local-stack';
import { LocalStack } from './local-stack.js';

const [root = '', dir = ''] = process.argv.slice(2);
const logFile = join(dir, 'logs', 'supervisor.log');
mkdirSync(join(dir, 'logs'), { recursive: true });
const log = (text: string): void => appendFileSync(logFile, `${new Date().toISOString()} ${text}\n`);
const tell = (event: Record<string, unknown>): void => void process.send?.(event);

const pidFile = join(dir, 'supervisor.json');
writeFileSync(pidFile, JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) }));

const stack = new LocalStack({
  root,
  dir,
  log,
  progress: (what, ms) => {
    log(`${what} (${Math.round(ms)} ms)`);
    tell({ progress: what, ms });
  },
});

let isStopping = false;
async function stop(code: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  log('stopping');
  await stack.stop();
  rmSync(pidFile, { force: true });
  log('stopped');
  process.exit(code);
}

process.on('SIGTERM', () => void stop(0));
process.on('SIGINT', () => void stop(0));
process.on('uncaughtException', (error) => {
  log(`failed: ${error.stack ?? error.message}`);
  void stop(1);
});

try {
  await stack.start();
  tell({ ready: true });
  if (process.connected) process.disconnect();
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  log(`did not start: ${text}`);
  tell({ failed: text });
  await stop(1);
}
