import { AppError, type InputFault } from '@postrider/runtime';

export class InvalidBody extends AppError {
  constructor(faults: readonly InputFault[]) {
    super({ code: 'INVALID_BODY', kind: 'invalid', detail: 'The body has faults: errors lists every one.', faults });
  }
}

export class InvalidQuery extends AppError {
  constructor(faults: readonly InputFault[]) {
    super({ code: 'INVALID_QUERY', kind: 'invalid', detail: 'The query has faults: errors lists every one.', faults });
  }
}

/** It does not exist, or belongs to another tenant: the caller cannot tell which. */
export class NotFound extends AppError {
  constructor(what: string, code = 'NOT_FOUND') {
    super({ code, kind: 'not-found', detail: `There is no such ${what}.` });
  }
}

export class Conflict extends AppError {
  constructor(detail: string, faults?: readonly InputFault[]) {
    super({ code: 'CONFLICT', kind: 'conflict', detail, faults });
  }
}

/** Well formed, but it cannot be carried out as things are. */
export class Unprocessable extends AppError {
  constructor(detail: string, faults: readonly InputFault[]) {
    super({ code: 'UNPROCESSABLE', kind: 'invalid', status: 422, detail, faults });
  }
}

export class PreconditionRequired extends AppError {
  constructor() {
    super({ code: 'PRECONDITION_REQUIRED', kind: 'invalid', status: 428, detail: 'Send If-Match with the ETag that the resource was read with.' });
  }
}

export class PreconditionFailed extends AppError {
  constructor() {
    super({ code: 'PRECONDITION_FAILED', kind: 'conflict', status: 412, detail: 'It was changed since it was read. Read it again, then edit.' });
  }
}

/** @throws PreconditionFailed when `If-Match` named another revision than the present one */
export function requireRevision(expected: number | undefined, present: number): void {
  if (expected !== undefined && expected !== present) throw new PreconditionFailed();
}
