import { AppError } from './app-error.js';

/** A database, broker, cache or peer does not answer now. Nothing was changed; trying again can help. */
export class DependencyUnavailable extends AppError {
  constructor(
    readonly dependency: string,
    cause?: unknown,
  ) {
    super({
      code: 'UNAVAILABLE',
      kind: 'transient',
      detail: `${dependency} does not answer at the moment. Try again.`,
      retryAfterSeconds: 1,
      context: { dependency },
      cause,
    });
  }
}
