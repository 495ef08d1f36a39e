import { AppError, type InputFault } from '@postrider/runtime';

/** There is no such endpoint, or it is another tenant's. */
export class EndpointNotFound extends AppError {
  constructor() {
    super({ code: 'NOT_FOUND', kind: 'not-found', detail: 'There is no such feedback webhook.' });
  }
}

export class InvalidEndpointQuery extends AppError {
  constructor(faults: readonly InputFault[]) {
    super({ code: 'INVALID_QUERY', kind: 'invalid', detail: 'The query is not valid.', faults });
  }
}
