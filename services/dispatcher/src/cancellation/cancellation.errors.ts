import { AppError } from '@postrider/runtime';

export class CancelRequestInvalid extends AppError {
  constructor(issues: readonly { path: PropertyKey[]; message: string }[]) {
    const faults = issues.map(({ path, message }) => ({ path: `/${path.map(String).join('/')}`, code: 'INVALID_BODY', message }));
    super({ code: 'INVALID_BODY', kind: 'invalid', detail: 'The body is not a cancellation.', faults });
  }
}
