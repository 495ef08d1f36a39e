import { leaveStack } from '../dist/jest-set-up.js';
import { TEST_FOLDER } from './global-setup.mjs';

export default async function tearDown() {
  await leaveStack(TEST_FOLDER);
}
