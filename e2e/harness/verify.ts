import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { STACK_FOLDER } from './stack.js';

const CLI = join(import.meta.dirname, '../../tools/dist/cli.js');

/** What `npm run verify` prints over the whole stack. @throws with what it prints when a number does not add up */
export async function verified(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, 'verify', '--dir', STACK_FOLDER]);
  return stdout;
}
