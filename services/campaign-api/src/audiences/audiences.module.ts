import { Module, type DynamicModule } from '@nestjs/common';
import { PeerClient } from '../peers/peer.client.js';
import { AudienceResolver } from './audience-resolver.client.js';
import { AudienceController } from './audience.controller.js';
import { AudienceService } from './audience.service.js';
import { MembershipController } from './membership.controller.js';

@Module({})
export class AudiencesModule {
  static register(resolver: PeerClient): DynamicModule {
    return {
      module: AudiencesModule,
      controllers: [AudienceController, MembershipController],
      providers: [{ provide: PeerClient, useValue: resolver }, AudienceResolver, AudienceService],
    };
  }
}
