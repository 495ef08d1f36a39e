import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { portsIn } from './ports.js';

describe(portsIn.name, () => {
  let file = '';
  beforeEach(() => {
    file = join(mkdtempSync(join(tmpdir(), 'postrider-ports-')), 'data/ports.json');
  });
  afterEach(() => rmSync(join(file, '../..'), { recursive: true, force: true }));

  it('answers the same ports again', async () => {
    const first = await portsIn(file, ['smtp', 'kafka']);

    expect(await portsIn(file, ['kafka', 'smtp'])).toEqual(first);
  });

  it('gives a port up that somebody else has taken', async () => {
    const { smtp } = await portsIn(file, ['smtp']);
    const server = createServer();
    await new Promise<void>((done) => server.listen(smtp, '127.0.0.1', done));

    const again = await portsIn(file, ['smtp']);

    expect(again.smtp).not.toBe(smtp);
    await new Promise((done) => server.close(done));
  });
});
