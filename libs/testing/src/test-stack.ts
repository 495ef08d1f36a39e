/** Addresses of the real servers that a test run shares. */
export interface TestStack {
  kafkaBrokers: string[];
  /** As superuser. */
  postgresAdminUrl: string;
  redisUrl: string;
}

/** Under these names the set-up of a run tells its workers where the stack is. */
export const STACK_VARIABLE = 'POSTRIDER_TEST_STACK';
export const TEMPLATE_VARIABLE = 'POSTRIDER_TEST_TEMPLATE';

/** The stack of this run. @throws outside of the integration and e2e kinds of tests */
export function testStack(): TestStack {
  const text = process.env[STACK_VARIABLE];
  if (!text) throw new Error('This spec needs the test stack: run it with npm run test:int or npm run test:e2e.');
  return JSON.parse(text) as TestStack;
}
