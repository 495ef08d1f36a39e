/** A further process of a service beside the one of the stack, with the same settings but those given, and a port of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@postrider/local-stack';
import { eventually } from '@postrider/testing';
import { pidOf } from './stack.js';

export interface SecondProcess {
  url: string;
  stop: () => Promise<void>;
}

const ROOT = join(import.meta.dirname, '../..');

/** Answers when it is ready. The settings are read where the kernel shows those of the first (proc(5)): Linux alone. */
export async function secondProcessOf(service: string, settings: Record<string, string> = {}): Promise<SecondProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--enable-source-maps', join(ROOT, 'services', service, 'dist/main.js')], {
    env: { ...environmentOf(pidOf(service)), ...settings, HTTP_PORT: String(port) },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => {
    const { ok } = await fetch(`${url}/health/ready`);
    if (!ok) throw new Error(`the second ${service} is not ready`);
  }, { timeoutMs: 30_000 });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function environmentOf(pid: number): NodeJS.ProcessEnv {
  const pairs = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter((pair) => pair.includes('='));
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}
