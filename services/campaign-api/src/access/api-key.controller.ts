import { Controller } from '@nestjs/common';
import type { ApiKeyInfo, CreatedApiKey, Page } from '@postrider/contracts';
import { Handles, Input } from '../edge/handles.js';
import type { Call } from '../edge/operation.js';
import { CREATE_API_KEY, GET_API_KEY, LIST_API_KEYS, REVOKE_API_KEY } from './api-key-operations.js';
import { ApiKeyService } from './api-key.service.js';

@Controller()
export class ApiKeyController {
  constructor(private readonly keys: ApiKeyService) {}

  @Handles(LIST_API_KEYS)
  list(@Input(LIST_API_KEYS) { principal, query }: Call<typeof LIST_API_KEYS>): Promise<Page<ApiKeyInfo>> {
    return this.keys.list(principal, query);
  }

  @Handles(CREATE_API_KEY)
  create(@Input(CREATE_API_KEY) { principal, body }: Call<typeof CREATE_API_KEY>): Promise<CreatedApiKey> {
    return this.keys.create(principal, body);
  }

  @Handles(GET_API_KEY)
  get(@Input(GET_API_KEY) { principal, params }: Call<typeof GET_API_KEY>): Promise<ApiKeyInfo> {
    return this.keys.get(principal, params.apiKey);
  }

  @Handles(REVOKE_API_KEY)
  revoke(@Input(REVOKE_API_KEY) { principal, params }: Call<typeof REVOKE_API_KEY>): Promise<void> {
    return this.keys.revoke(principal, params.apiKey);
  }
}
