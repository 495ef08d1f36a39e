import { AppError, type InputFault } from '@postrider/runtime';

/** The execution has no audience, is another tenant's, or was not met yet. */
export class RunNotFound extends AppError {
  constructor() {
    super({ code: 'EXECUTION_NOT_FOUND', kind: 'not-found', detail: 'There is no run of this execution.' });
  }
}

export class RunIsOver extends AppError {
  constructor(state: string) {
    super({ code: 'CONFLICT', kind: 'conflict', detail: `The run is ${state}: it cannot be paused or resumed any more.`, context: { state } });
  }
}

export class RunAudienceNotFound extends AppError {
  constructor() {
    super({ code: 'AUDIENCE_NOT_FOUND', kind: 'not-found', detail: 'There is no such audience.' });
  }
}

export class InvalidRunRequest extends AppError {
  constructor(faults: readonly InputFault[]) {
    super({ code: 'INVALID_BODY', kind: 'invalid', detail: 'The request is not valid; `errors` lists each fault.', faults });
  }
}
