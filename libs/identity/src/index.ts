export { isWellFormedEmail } from './address.js';
export { audienceExecutionIdOf, executionIdOf, messageIdOf, recipientKeyOf, scheduleIdOf } from './ids.js';
export { normaliseIdentity } from './normalise-identity.js';
export { uuidV5 } from './uuid-v5.js';
export { validateIdentity } from './validate-identity.js';
