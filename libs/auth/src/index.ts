export { hashToken, newApiKey } from './api-key-token.js';
export type { NewApiKey } from './api-key-token.js';
export { ForbiddenSandbox, ForbiddenScope, Unauthenticated } from './auth.errors.js';
export { authenticate, requireScope } from './authenticate.js';
export type { KeyDirectory, Principal } from './authenticate.js';
export { JwtIssuer, authEnv } from './config.js';
export type { RequestHeaders } from './credentials.js';
export { TokenIssuers } from './token-issuers.js';
export type { TokenClaims } from './token-issuers.js';
