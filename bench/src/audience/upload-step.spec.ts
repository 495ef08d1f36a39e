import { describe, expect, it } from '@jest/globals';
import { addressOf } from './people.js';
import { csvOf } from './upload-step.js';

describe(csvOf.name, () => {
  it('has a header and one row for each person', () => {
    const lines = [...csvOf(2_500, addressOf)].join('').trimEnd().split('\n');

    expect(lines[0]).toBe('email,tier,points');
    expect(lines).toHaveLength(2_501);
    expect(new Set(lines.map((line) => line.split(',')[0])).size).toBe(2_501);
  });
});
