import { AppError } from '@postrider/runtime';

/** Also for another tenant's, and for one whose definition has not arrived. */
export class AudienceNotFound extends AppError {
  constructor() {
    super({ code: 'AUDIENCE_NOT_FOUND', kind: 'not-found', detail: 'There is no such audience.' });
  }
}
