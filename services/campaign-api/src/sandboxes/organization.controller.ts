import { Controller } from '@nestjs/common';
import type { Answered } from '../edge/answered.js';
import { Handles, Input } from '../edge/handles.js';
import type { Call } from '../edge/operation.js';
import { EDIT_ORGANIZATION, GET_ORGANIZATION } from './organization-operations.js';
import { OrganizationService } from './organization.service.js';

@Controller()
export class OrganizationController {
  constructor(private readonly organizations: OrganizationService) {}

  @Handles(GET_ORGANIZATION)
  get(@Input(GET_ORGANIZATION) { principal }: Call<typeof GET_ORGANIZATION>): Promise<Answered> {
    return this.organizations.get(principal.orgId);
  }

  @Handles(EDIT_ORGANIZATION)
  edit(@Input(EDIT_ORGANIZATION) { principal, body, revision }: Call<typeof EDIT_ORGANIZATION>): Promise<Answered> {
    return this.organizations.edit(principal, body, revision);
  }
}
