import { Controller } from '@nestjs/common';
import type { Audience, Page } from '@postrider/contracts';
import type { Answered } from '../edge/answered.js';
import { Handles, Input } from '../edge/handles.js';
import type { Call } from '../edge/operation.js';
import { CREATE_AUDIENCE, DELETE_AUDIENCE, EDIT_AUDIENCE, GET_AUDIENCE, LIST_AUDIENCES } from './audience-operations.js';
import { AudienceService } from './audience.service.js';

@Controller()
export class AudienceController {
  constructor(private readonly audiences: AudienceService) {}

  @Handles(LIST_AUDIENCES)
  list(@Input(LIST_AUDIENCES) { principal, query }: Call<typeof LIST_AUDIENCES>): Promise<Page<Audience>> {
    return this.audiences.list(principal.tenantId, query);
  }

  @Handles(CREATE_AUDIENCE)
  create(@Input(CREATE_AUDIENCE) { principal, body }: Call<typeof CREATE_AUDIENCE>): Promise<Answered> {
    return this.audiences.create(principal, body);
  }

  @Handles(GET_AUDIENCE)
  get(@Input(GET_AUDIENCE) { principal, params }: Call<typeof GET_AUDIENCE>): Promise<Answered> {
    return this.audiences.get(principal.tenantId, params.id);
  }

  @Handles(EDIT_AUDIENCE)
  edit(@Input(EDIT_AUDIENCE) { principal, params, body, revision }: Call<typeof EDIT_AUDIENCE>): Promise<Answered> {
    return this.audiences.edit(principal.tenantId, params.id, body, revision);
  }

  @Handles(DELETE_AUDIENCE)
  remove(@Input(DELETE_AUDIENCE) { principal, params }: Call<typeof DELETE_AUDIENCE>): Promise<void> {
    return this.audiences.remove(principal.tenantId, params.id);
  }
}
