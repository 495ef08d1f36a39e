import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { linesOf, type Line } from './lines-of.js';

async function read(chunks: readonly Uint8Array[], maxBytes = 1_000): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of linesOf(chunksOf(chunks), maxBytes)) lines.push(line);
  return lines;
}

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

describe(linesOf.name, () => {
  it('numbers lines from 1 and leaves out blank ones', async () => {
    const lines = await read([Buffer.from('a\r\n\n  \nb')]);

    expect(lines).toEqual([
      { number: 1, text: 'a' },
      { number: 4, text: 'b' },
    ]);
  });

  it('drops a byte order mark', async () => {
    expect(await read([Buffer.from('\ufeff{}\n')])).toEqual([{ number: 1, text: '{}' }]);
  });

  it('keeps nothing of a line that is too long, and goes on with the next', async () => {
    const lines = await read([Buffer.from('x'.repeat(6)), Buffer.from('x'.repeat(6)), Buffer.from('x\nshort\n')], 10);

    expect(lines).toEqual([
      { number: 1, text: undefined },
      { number: 2, text: 'short' },
    ]);
  });

  it('gives the same lines however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.array(fc.integer({ min: 1, max: 5 })), async (text, sizes) => {
        const bytes = Buffer.from(text.replaceAll(' ', '\n'));
        const chunks: Uint8Array[] = [];
        let start = 0;
        for (const size of sizes) chunks.push(bytes.subarray(start, (start += size)));
        chunks.push(bytes.subarray(start));

        expect(await read(chunks)).toEqual(await read([bytes]));
      }),
    );
  });
});
