import { describe, expect, it } from '@jest/globals';
import { LiveLine } from './live-line.js';

function written(isTTY: boolean): { output: ConstructorParameters<typeof LiveLine>[0]; text: () => string } {
  const chunks: string[] = [];
  return { output: { isTTY, write: (chunk: string | Uint8Array) => chunks.push(String(chunk)) > 0 }, text: () => chunks.join('') };
}

describe(LiveLine.name, () => {
  it('rewrites one line on a terminal', () => {
    const { output, text } = written(true);
    const line = new LiveLine(output);

    line.show('sent 1');
    line.show('sent 2');
    line.end();

    expect(text()).toBe('\r\u001B[Ksent 1\r\u001B[Ksent 2\n');
  });

  it('writes plain lines elsewhere, one in two seconds and the last one', () => {
    const { output, text } = written(false);
    let now = 0;
    const line = new LiveLine(output, () => now);

    for (now = 0; now <= 2_500; now += 500) line.show(`at ${now}`);
    line.end();

    expect(text()).toBe('at 0\nat 2000\nat 2500\n');
  });
});
