/** Before the integration and e2e kinds: real servers, and a migrated database to copy. Works on what `npm run build` made. */
import { join } from 'node:path';
import { STACK_VARIABLE, TEMPLATE_VARIABLE, joinStack, leaveStack, prepareTemplate } from '../dist/jest-set-up.js';

const ROOT = join(import.meta.dirname, '../../..');
export const TEST_FOLDER = join(ROOT, '.local/test');

export default async function setUp() {
  if (process.env[STACK_VARIABLE]) return;
  try {
    const stack = await joinStack(TEST_FOLDER);
    process.env[STACK_VARIABLE] = JSON.stringify(stack);
    const template = await prepareTemplate(ROOT, stack.postgresAdminUrl);
    if (template) process.env[TEMPLATE_VARIABLE] = template;
  } catch (error) {
    // After a failed set-up there is no teardown.
    await leaveStack(TEST_FOLDER);
    throw error;
  }
}
