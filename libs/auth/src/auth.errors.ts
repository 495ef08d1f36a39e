import type { Scope } from '@postrider/contracts';
import { AppError } from '@postrider/runtime';

/**
 * The credentials do not name a caller. One answer for an unknown key, a wrong token and a key of another
 * organization, so that nobody can find out which keys exist.
 */
export class Unauthenticated extends AppError {
  constructor(cause?: unknown) {
    super({
      code: 'UNAUTHENTICATED',
      kind: 'invalid',
      status: 401,
      detail: 'Send a valid token as Authorization: Bearer, with its x-api-key and x-gw-ims-org-id.',
      cause,
    });
  }
}

export class ForbiddenScope extends AppError {
  constructor(scope: Scope) {
    super({
      code: 'FORBIDDEN_SCOPE',
      kind: 'invalid',
      status: 403,
      detail: `The API key lacks the scope "${scope}".`,
      context: { scope },
    });
  }
}

export class ForbiddenSandbox extends AppError {
  constructor() {
    super({
      code: 'FORBIDDEN_SANDBOX',
      kind: 'invalid',
      status: 403,
      detail: 'The API key is not valid for the sandbox named in x-sandbox-name.',
    });
  }
}
