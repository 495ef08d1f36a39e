export interface Count {
  passed: number;
  failed: number;
}

/** The part of jest's JSON report that is counted. */
export interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  /** Files that could not be run at all: no test of theirs is in the other numbers. */
  numRuntimeErrorTestSuites: number;
}

const NO_REPORT: JestReport = { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };

/**
 * What a step adds to the sum. A step that failed adds at least one failure, whatever its report says; one that ran no
 * test has failed.
 */
export function countOf(status: number, report: JestReport | undefined, hasReport: boolean): Count {
  if (!hasReport) return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const { numPassedTests: passed, numFailedTests, numRuntimeErrorTestSuites } = report ?? NO_REPORT;
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  const isBad = status !== 0 || passed + failed === 0;
  return { passed, failed: isBad ? Math.max(1, failed) : failed };
}

export function sumOf(counts: readonly Count[]): Count {
  return counts.reduce((sum, count) => ({ passed: sum.passed + count.passed, failed: sum.failed + count.failed }), { passed: 0, failed: 0 });
}
