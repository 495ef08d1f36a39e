import { AppError, type InputFault } from '@postrider/runtime';

/** Others create and delete the same profiles faster than they can be read. Nothing was written. */
export class ProfilesKeepChanging extends AppError {
  constructor() {
    super({ code: 'UNAVAILABLE', kind: 'transient', detail: 'The profiles are being changed by others. Try again.', retryAfterSeconds: 1 });
  }
}

export class ProfileNotFound extends AppError {
  constructor() {
    super({ code: 'NOT_FOUND', kind: 'not-found', detail: 'There is no such profile.' });
  }
}

/** The identities of one input belong to different people: they are never merged silently. */
export class IdentitiesConflict extends AppError {
  constructor(profileIds: readonly string[]) {
    super({
      code: 'CONFLICT',
      kind: 'conflict',
      detail: conflictDetail(profileIds),
      context: { profileIds: profileIds.join(',') },
    });
  }
}

/** One sentence for the caller of one upsert, and for one line of a bulk upload. */
export function conflictDetail(profileIds: readonly string[]): string {
  return `The identities belong to different profiles: ${profileIds.join(', ')}. Nothing was changed.`;
}

export class InvalidProfileInput extends AppError {
  constructor(faults: readonly InputFault[]) {
    super({ code: 'INVALID_BODY', kind: 'invalid', detail: 'The request is not valid; `errors` lists each fault.', faults });
  }
}

/** Phone numbers are read by the sandbox's region, so nothing is stored before its settings have arrived. */
export class SandboxNotKnown extends AppError {
  constructor() {
    super({ code: 'UNAVAILABLE', kind: 'transient', detail: 'The settings of this sandbox have not arrived yet. Try again.', retryAfterSeconds: 1 });
  }
}

/** A bulk upload that ended before its end. */
export class UploadInterrupted extends AppError {
  constructor(storedLines: number, cause: unknown) {
    super({
      code: 'UNAVAILABLE',
      kind: 'transient',
      detail: `The upload was interrupted. Lines up to ${storedLines} were handled; sending all of them again is harmless.`,
      context: { handledLines: String(storedLines) },
      retryAfterSeconds: 1,
      cause,
    });
  }
}
