import { AppError, type InputFault } from '@postrider/runtime';
import { InvalidAudience } from '../rules/rules.errors.js';

export class TakesTooLong extends InvalidAudience {
  constructor(timeoutMs: number, override readonly cause: unknown) {
    super(`It takes longer than ${timeoutMs / 1_000} s to find its members. Make it narrower by = or in, or compose it of audiences that are evaluated already.`);
  }
}

export class CostsTooMuch extends InvalidAudience {
  constructor(cost: number, limit: number) {
    super(`Finding its members would cost ${Math.round(cost)} of the planner's units; ${limit} are allowed. Make it narrower by = or in, or compose it of audiences that are evaluated already.`);
  }
}

/** An upload has the members of its file. */
export class UploadsAreNotEvaluated extends InvalidAudience {
  constructor() {
    super('An uploaded audience has the members of its file: upload another one.');
  }
}

export class InvalidEvaluationInput extends AppError {
  constructor(code: 'INVALID_BODY' | 'INVALID_QUERY', faults: readonly InputFault[]) {
    super({ code, kind: 'invalid', detail: 'The request is not valid; `errors` lists each fault.', faults });
  }
}

/** The log has not brought it here yet. */
export class EditIsOnItsWay extends AppError {
  constructor() {
    super({ code: 'AUDIENCE_EDIT_ON_ITS_WAY', kind: 'transient', detail: 'The last edit of the audience has not arrived at audience-resolver yet: ask again in a moment.' });
  }
}

export class PartFailed extends InvalidAudience {
  constructor(name: string) {
    super(`Its part “${name}” could not be evaluated; the evaluations of that audience say why.`);
  }
}
