import { AppError } from '@postrider/runtime';

export class HoldRequestInvalid extends AppError {
  constructor(issues: readonly { path: PropertyKey[]; message: string }[]) {
    const faults = issues.map(({ path, message }) => ({ path: `/${path.map(String).join('/')}`, code: 'INVALID_BODY', message }));
    super({ code: 'INVALID_BODY', kind: 'invalid', detail: 'The body does not say whose execution it is.', faults });
  }
}
