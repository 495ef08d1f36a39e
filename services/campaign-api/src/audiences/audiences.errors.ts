import { COMPOSITION_LIMITS } from '@postrider/contracts';
import { AppError } from '@postrider/runtime';
import { NotFound } from '../edge/edge.errors.js';

export class AudienceNotFound extends NotFound {
  constructor() {
    super('audience', 'AUDIENCE_NOT_FOUND');
  }
}

export class TooManyCompositions extends AppError {
  constructor() {
    super({
      code: 'TOO_MANY_COMPOSITIONS', kind: 'conflict',
      detail: `A sandbox has at most ${COMPOSITION_LIMITS.published} published compositions: make one a draft, or delete it, first.`,
    });
  }
}

/** Its members do not come from rules or from other audiences. */
export class NothingToEvaluate extends AppError {
  constructor() {
    super({ code: 'INVALID_AUDIENCE', kind: 'invalid', status: 422, detail: 'An uploaded audience is renewed by another upload; there is nothing to evaluate.' });
  }
}
