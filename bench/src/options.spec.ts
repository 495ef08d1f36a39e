import { describe, expect, it } from '@jest/globals';
import { UsageError, parseOptions } from './options.js';

const now = new Date('2026-03-01T10:20:30Z');

describe(parseOptions.name, () => {
  it('has defaults for everything', () => {
    expect(parseOptions([], now)).toMatchObject({ rate: 1000, seconds: 60, findMax: false, out: '.local/bench/2026-03-01T10-20-30' });
  });

  it('answers nothing when help is asked for', () => {
    expect(parseOptions(['--help'], now)).toBeUndefined();
  });

  it.each([[['--rate', 'fast']], [['--recipients', '21']], [['--seconds', '0']], [['--colour']]])('refuses %j', (args) => {
    expect(() => parseOptions(args, now)).toThrow(UsageError);
  });
});
