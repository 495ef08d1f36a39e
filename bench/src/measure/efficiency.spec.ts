import { describe, expect, it } from '@jest/globals';
import { efficiencyOf, floorMicros } from './efficiency.js';

const costs = (clientMicros: number) => ({ perSecond: 1, clientMicros, serverMicros: 0 });

describe(floorMicros.name, () => {
  it('counts a call once per twenty recipients and three messages for each', () => {
    expect(floorMicros({ F1: costs(200), F2: costs(10) })).toBeCloseTo(10 + 30.5);
  });
});

describe(efficiencyOf.name, () => {
  it('is the share of the measured cost that the steps alone explain', () => {
    expect(efficiencyOf({ F5: costs(80), F6: costs(60) }, 280)).toBe(0.5);
  });
});
