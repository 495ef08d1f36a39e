import { AppError, type InputFault } from '@postrider/runtime';

/** Rules or a composition that cannot be carried out; each fault says where. */
export class InvalidAudience extends AppError {
  constructor(detail: string, faults?: readonly InputFault[]) {
    super({ code: 'INVALID_AUDIENCE', kind: 'invalid', status: 422, detail, ...(faults && { faults }) });
  }
}
