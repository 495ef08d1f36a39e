import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { endWithParent } from './with-parent.js';

const MODULE = pathToFileURL(join(import.meta.dirname, 'with-parent.ts')).href;
/** Says when it is there, and would go on for a minute. */
const SCRIPT = `import { endWithParent } from ${JSON.stringify(MODULE)}; endWithParent(() => process.exit(7)); setTimeout(() => {}, 60_000); console.log('here');`;

async function aChild(script: string): Promise<{ child: ReturnType<typeof spawn>; ended: Promise<unknown[]> }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  return { child, ended };
}

describe(endWithParent.name, () => {
  it.each([
    ['its parent is gone', (child: ReturnType<typeof spawn>) => child.stdin?.destroy()],
    ['it is asked to', (child: ReturnType<typeof spawn>) => child.kill('SIGTERM')],
  ])('ends a process when %s', async (_when, end) => {
    const { child, ended } = await aChild(SCRIPT);

    end(child);

    expect(await ended).toEqual([7, null]);
  });

  it('keeps no process alive that is done', async () => {
    const { ended } = await aChild(SCRIPT.replace('60_000', '1'));

    expect(await ended).toEqual([0, null]);
  });
});
