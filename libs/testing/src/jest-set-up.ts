/** What the set-up of a test run needs: of the compiled library, since it runs outside of the test environment. */
export { joinStack, leaveStack } from './shared-stack.js';
export { prepareTemplate } from './template-database.js';
export { STACK_VARIABLE, TEMPLATE_VARIABLE } from './test-stack.js';
