import { Controller } from '@nestjs/common';
import type { ChannelConfigurationInfo, ChannelVerification, Page } from '@postrider/contracts';
import type { Answered } from '../edge/answered.js';
import { Handles, Input } from '../edge/handles.js';
import type { Call } from '../edge/operation.js';
import {
  CREATE_CHANNEL_CONFIGURATION, DELETE_CHANNEL_CONFIGURATION, EDIT_CHANNEL_CONFIGURATION, GET_CHANNEL_CONFIGURATION,
  LIST_CHANNEL_CONFIGURATIONS, VERIFY_CHANNEL_CONFIGURATION,
} from './channel-configuration-operations.js';
import { ChannelConfigurationService } from './channel-configuration.service.js';

@Controller()
export class ChannelConfigurationController {
  constructor(private readonly configurations: ChannelConfigurationService) {}

  @Handles(LIST_CHANNEL_CONFIGURATIONS)
  list(@Input(LIST_CHANNEL_CONFIGURATIONS) { principal, query }: Call<typeof LIST_CHANNEL_CONFIGURATIONS>): Promise<Page<ChannelConfigurationInfo>> {
    return this.configurations.list(principal.tenantId, query);
  }

  @Handles(CREATE_CHANNEL_CONFIGURATION)
  create(@Input(CREATE_CHANNEL_CONFIGURATION) { principal, body }: Call<typeof CREATE_CHANNEL_CONFIGURATION>): Promise<Answered> {
    return this.configurations.create(principal.tenantId, body);
  }

  @Handles(GET_CHANNEL_CONFIGURATION)
  get(@Input(GET_CHANNEL_CONFIGURATION) { principal, params }: Call<typeof GET_CHANNEL_CONFIGURATION>): Promise<Answered> {
    return this.configurations.get(principal.tenantId, params.id);
  }

  @Handles(EDIT_CHANNEL_CONFIGURATION)
  edit(@Input(EDIT_CHANNEL_CONFIGURATION) { principal, params, body, revision }: Call<typeof EDIT_CHANNEL_CONFIGURATION>): Promise<Answered> {
    return this.configurations.edit(principal.tenantId, params.id, body, revision);
  }

  @Handles(DELETE_CHANNEL_CONFIGURATION)
  remove(@Input(DELETE_CHANNEL_CONFIGURATION) { principal, params }: Call<typeof DELETE_CHANNEL_CONFIGURATION>): Promise<void> {
    return this.configurations.remove(principal.tenantId, params.id);
  }

  @Handles(VERIFY_CHANNEL_CONFIGURATION)
  verify(@Input(VERIFY_CHANNEL_CONFIGURATION) { principal, params }: Call<typeof VERIFY_CHANNEL_CONFIGURATION>): Promise<ChannelVerification> {
    return this.configurations.verify(principal.tenantId, params.id);
  }
}
