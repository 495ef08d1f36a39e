import { Controller } from '@nestjs/common';
import type { Namespace, Page } from '@postrider/contracts';
import type { Answered } from '../edge/answered.js';
import { Handles, Input } from '../edge/handles.js';
import type { Call } from '../edge/operation.js';
import { CREATE_NAMESPACE, EDIT_NAMESPACE, GET_NAMESPACE, LIST_NAMESPACES } from './namespace-operations.js';
import { NamespaceService } from './namespace.service.js';

@Controller()
export class NamespaceController {
  constructor(private readonly namespaces: NamespaceService) {}

  @Handles(LIST_NAMESPACES)
  list(@Input(LIST_NAMESPACES) { principal, query }: Call<typeof LIST_NAMESPACES>): Promise<Page<Namespace>> {
    return this.namespaces.list(principal.tenantId, query);
  }

  @Handles(CREATE_NAMESPACE)
  create(@Input(CREATE_NAMESPACE) { principal, body }: Call<typeof CREATE_NAMESPACE>): Promise<Answered> {
    return this.namespaces.create(principal.tenantId, body);
  }

  @Handles(GET_NAMESPACE)
  get(@Input(GET_NAMESPACE) { principal, params }: Call<typeof GET_NAMESPACE>): Promise<Answered> {
    return this.namespaces.get(principal.tenantId, params.symbol);
  }

  @Handles(EDIT_NAMESPACE)
  rename(@Input(EDIT_NAMESPACE) { principal, params, body, revision }: Call<typeof EDIT_NAMESPACE>): Promise<Answered> {
    return this.namespaces.rename(principal.tenantId, params.symbol, body.name, revision);
  }
}
