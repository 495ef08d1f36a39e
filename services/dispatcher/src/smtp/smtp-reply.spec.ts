import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReplyParser, isPermanent, isPositive } from './smtp-reply.js';

const SAID = '220 hi\r\n250-5.1.1 not a code of success\r\n250 and more\r\n550 5.1.1 no such user\r\n354\r\n';

describe(ReplyParser.name, () => {
  it('joins the lines of one reply, and parts replies that come at once', () => {
    const replies = new ReplyParser().push(SAID);

    expect(replies.map(({ code, text }) => [code, text])).toEqual([[220, 'hi'], [250, '5.1.1 not a code of success and more'], [550, '5.1.1 no such user'], [354, '']]);
  });

  it('reads the same however the bytes are cut', () => {
    const whole = new ReplyParser().push(SAID);

    fc.assert(
      fc.property(fc.array(fc.nat(SAID.length)), (cuts) => {
        const ends = [...cuts, SAID.length].sort((a, b) => a - b);
        const parser = new ReplyParser();
        const replies = ends.flatMap((end, i) => parser.push(SAID.slice(ends[i - 1] ?? 0, end)));
        expect(replies).toEqual(whole);
      }),
    );
  });

  it.each([
    ['550 5.1.1 no', '5.1.1'],
    ['450 4.2.2', '4.2.2'],
    ['550 no 5.1.1', null],
    ['550 5.1.1no', null],
    ['550 3.1.1 no', null],
  ])('finds the enhanced code of "%s"', (line, enhanced) => {
    expect(new ReplyParser().push(`${line}\r\n`)[0]?.enhanced).toBe(enhanced);
  });

  it('takes lines that end with LF alone', () => {
    expect(new ReplyParser().push('250-a\n250 b\n')[0]?.lines).toEqual(['a', 'b']);
  });

  it.each([['what is no reply', 'HTTP/1.1 200 OK\r\n'], ['a code of two digits', '25 ok\r\n'], ['an endless line', '2'.repeat(20_000)], ['endless lines', '250-x\r\n'.repeat(20_000)]])('refuses %s', (_what, said) => {
    expect(() => new ReplyParser().push(said)).toThrow();
  });

  it.each([[250, true, false], [354, true, false], [421, false, false], [450, false, false], [550, false, true]])('tells what a %d means', (code, positive, permanent) => {
    const reply = { code, enhanced: null, text: '', lines: [] };

    expect([isPositive(reply), isPermanent(reply)]).toEqual([positive, permanent]);
  });
});
