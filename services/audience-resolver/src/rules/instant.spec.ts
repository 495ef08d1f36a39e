import { describe, expect, it } from '@jest/globals';
import { instantOf } from './instant.js';

describe(instantOf.name, () => {
  it.each([
    ['1970-01-01', 0n],
    ['1970-01-01T00:01', 60_000_000n],
    ['1970-01-01T00:00:01.0000019Z', 1_000_001n],
    ['1970-01-01T02:00:00+02:00', 0n],
    ['1969-12-31T23:59:59.5', -500_000n],
    ['2024-02-29T00:00:00Z', BigInt(Date.UTC(2024, 1, 29)) * 1_000n],
  ])('reads %s', (text, expected) => {
    expect(instantOf(text)).toBe(expected);
  });

  it.each(['', 'now', '2026-02-30', '2025-02-29', '0000-01-01', '2026-13-01', '2026-3-1', '2026-03-01T24:00', '2026-03-01T10:00:60', '2026-03-01T10:00.5', '2026-03-01 10:00', '2026-03-01\n'])(
    'knows no moment for %j',
    (text) => {
      expect(instantOf(text)).toBeUndefined();
    },
  );
});
