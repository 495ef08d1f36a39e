import { Module, type DynamicModule } from '@nestjs/common';
import { DatabaseModule } from '@postrider/database';
import { SecretSealer } from '@postrider/secrets';
import { ChannelConfigurationController } from './channel-configuration.controller.js';
import { ChannelConfigurationRow } from './channel-configuration.entity.js';
import { ChannelConfigurationService } from './channel-configuration.service.js';

@Module({})
export class ChannelConfigurationsModule {
  static register(sealer: SecretSealer): DynamicModule {
    return {
      module: ChannelConfigurationsModule,
      imports: [DatabaseModule.repositories(ChannelConfigurationRow)],
      controllers: [ChannelConfigurationController],
      providers: [{ provide: SecretSealer, useValue: sealer }, ChannelConfigurationService],
    };
  }
}
