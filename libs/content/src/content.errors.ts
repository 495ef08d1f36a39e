import { AppError, type InputFault } from '@postrider/runtime';

/** Content that cannot be activated; every fault with the field that it is in. */
export class ContentInvalid extends AppError {
  constructor(faults: readonly InputFault[]) {
    super({ code: 'CONTENT_INVALID', kind: 'invalid', status: 422, detail: 'The content has faults.', faults });
  }
}

/** A template that could not be rendered for one recipient. */
export class RenderingFailed extends AppError {
  constructor(field: string, cause: unknown) {
    super({ code: 'RENDERING', kind: 'invalid', status: 422, detail: `The ${field} could not be rendered: ${cause instanceof Error ? cause.message : 'unknown'}`, cause });
  }
}
