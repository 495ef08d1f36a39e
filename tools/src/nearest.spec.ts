import { describe, expect, it } from '@jest/globals';
import { nearest } from './nearest.js';

describe(nearest.name, () => {
  it('finds what a slip of the finger meant', () => {
    expect([nearest('satrt', ['start', 'up']), nearest('dwn', ['down', 'demo'])]).toEqual(['start', 'down']);
  });

  it('does not guess wildly', () => {
    expect(nearest('frobnicate', ['start', 'up'])).toBeUndefined();
  });
});
