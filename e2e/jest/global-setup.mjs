/** Before the suite: the whole house as `npm run up` starts it, in a folder of its own. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
export const STACK_FOLDER = join(ROOT, '.local/e2e');

export function command(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'tools/dist/cli.js'), ...args, '--dir', STACK_FOLDER], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

export default function setUp() {
  command('down', '--wipe');
  command('up');
}
