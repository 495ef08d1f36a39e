import { describe, expect, it } from '@jest/globals';
import { countOf, sumOf } from './count.js';

const report = (passed: number, failed = 0, broken = 0) => ({ numPassedTests: passed, numFailedTests: failed, numRuntimeErrorTestSuites: broken });

describe(countOf.name, () => {
  it('counts a step without a report as one test', () => {
    expect([countOf(0, undefined, false), countOf(1, undefined, false)]).toEqual([{ passed: 1, failed: 0 }, { passed: 0, failed: 1 }]);
  });

  it('takes the numbers of a report, files that could not run included', () => {
    expect(countOf(1, report(10, 2, 1), true)).toEqual({ passed: 10, failed: 3 });
  });

  it.each([
    ['a step that exits badly although its report is clean', 1, report(10)],
    ['a step that left no report', 1, undefined],
    ['a step that ran no test', 0, report(0)],
  ])('calls %s a failure', (_what, status, given) => {
    expect(countOf(status, given, true).failed).toBe(1);
  });
});

describe(sumOf.name, () => {
  it('adds up', () => {
    expect(sumOf([{ passed: 1, failed: 0 }, { passed: 2, failed: 3 }])).toEqual({ passed: 3, failed: 3 });
  });
});
