import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SinkTail, drained } from './drain.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drain-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe(SinkTail.name, () => {
  it('answers each line once, and a half-written one only when it is whole', () => {
    const file = join(folder, 'tail.txt');
    const tail = new SinkTail(file);

    expect(tail.read()).toEqual([]);
    appendFileSync(file, '1 a x\n2 b');
    expect(tail.read()).toEqual([{ at: 1, messageId: 'a' }]);
    appendFileSync(file, 'c x\n');
    expect(tail.read()).toEqual([{ at: 2, messageId: 'bc' }]);
  });
});

describe(drained.name, () => {
  it('answers what was promised, also twice, and gives up on what does not come', async () => {
    const file = join(folder, 'mails.txt');
    appendFileSync(file, '1 a x\n2 earlier x\n3 a x\n');

    const mails = await drained(file, new Set(['a', 'lost']), { deadlineMs: 5_000, quietMs: 300 });

    expect(mails).toEqual([{ at: 1, messageId: 'a' }, { at: 3, messageId: 'a' }]);
  });
});
