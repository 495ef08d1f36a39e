import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from '../command.js';
import { ROOT } from '../root.js';

/** The bench is a program of its own, with its own options and help. */
export const bench: Command = {
  summary: 'an open-loop load test of a running stack or of one of its parts, with a ledger check',
  help: '',
  run: (args) =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, ['--enable-source-maps', join(ROOT, 'bench/dist/main.js'), ...args], { cwd: ROOT, stdio: 'inherit' });
      child.once('close', (code) => resolve(code ?? 1));
    }),
};
