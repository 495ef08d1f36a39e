import { AppError, type InputFault } from '@postrider/runtime';

/** The file cannot be read as CSV with a header line. Nothing was stored. */
export class UnreadableCsv extends AppError {
  constructor(detail: string) {
    super({ code: 'UNPROCESSABLE', kind: 'invalid', status: 422, detail, faults: [{ path: '', code: 'INVALID_CSV', message: detail }] });
  }
}

/** The header line does not have what was asked for; `columns` are those that it has. Nothing was stored. */
export class UnsuitableHeader extends AppError {
  constructor(fault: InputFault, columns: readonly string[]) {
    super({
      code: 'UNPROCESSABLE', kind: 'invalid', status: 422, detail: fault.message, faults: [fault], context: { columns: columns.join(', ') },
    });
  }
}

export class UnknownNamespace extends AppError {
  constructor() {
    const detail = 'There is no such namespace.';
    super({ code: 'UNPROCESSABLE', kind: 'invalid', status: 422, detail, faults: [{ path: '/namespace', code: 'UNKNOWN_NAMESPACE', message: detail }] });
  }
}

/** Segments and compositions are evaluated. */
export class NotAnUploadAudience extends AppError {
  constructor() {
    super({ code: 'INVALID_AUDIENCE', kind: 'invalid', status: 422, detail: 'Only an audience with the source `upload` takes a file.' });
  }
}

export class InvalidUploadCall extends AppError {
  constructor(faults: readonly InputFault[]) {
    super({ code: 'INVALID_QUERY', kind: 'invalid', detail: 'The query is not valid; `errors` lists each fault.', faults });
  }
}

export class NotCsv extends AppError {
  constructor() {
    super({ code: 'UNSUPPORTED_MEDIA_TYPE', kind: 'invalid', status: 415, detail: 'The body must be text/csv.' });
  }
}

export class UploadNotFound extends AppError {
  constructor() {
    super({ code: 'NOT_FOUND', kind: 'not-found', detail: 'There is no such upload.' });
  }
}

export class UploadIdTaken extends AppError {
  constructor() {
    super({ code: 'CONFLICT', kind: 'conflict', detail: 'There is an upload with this uploadId already. Choose a new one for each upload.' });
  }
}

export class TooManyUploads extends AppError {
  constructor(limit: number) {
    super({
      code: 'RATE_LIMITED', kind: 'transient', status: 429, detail: `No more than ${limit} uploads are taken at once. Try again later.`, retryAfterSeconds: 10,
    });
  }
}

/** An upload that ended before its end. */
export class UploadInterrupted extends AppError {
  constructor(uploadId: string, cause: unknown) {
    super({
      code: 'UNAVAILABLE',
      kind: 'transient',
      detail: 'The upload was interrupted, and nothing of it is in force. Send the file again.',
      context: { uploadId },
      retryAfterSeconds: 5,
      cause,
    });
  }
}

/** It gave no sign of life for too long, and was given up by another process. */
export class UploadGivenUp extends AppError {
  constructor() {
    super({ code: 'UNAVAILABLE', kind: 'transient', detail: 'The upload stood still and was given up. Send the file again.', retryAfterSeconds: 5 });
  }
}

/** Phone numbers are read by the sandbox's region, and audiences are known from the same topic. */
export class SandboxNotKnown extends AppError {
  constructor() {
    super({ code: 'UNAVAILABLE', kind: 'transient', detail: 'The settings of this sandbox have not arrived yet. Try again.', retryAfterSeconds: 1 });
  }
}

/** profile-creator answered something that makes no sense. */
export class ProfileCreatorBroken extends AppError {
  constructor(status: number, cause?: unknown) {
    super({ code: 'INTERNAL', kind: 'bug', detail: 'Something went wrong on our side. It was logged.', context: { peer: 'profile-creator', status: String(status) }, cause });
  }
}

/** The process is being stopped. */
export class ServiceStopping extends AppError {
  constructor() {
    super({ code: 'UNAVAILABLE', kind: 'transient', detail: 'The service was stopped during the upload. Send the file again.', retryAfterSeconds: 5 });
  }
}
