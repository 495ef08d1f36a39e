import { Module, type DynamicModule } from '@nestjs/common';
import { OpenEndedUploads } from '@postrider/runtime';
import { PeerClient } from '../peers/peer.client.js';
import { ProfileController } from './profile.controller.js';

@Module({})
export class ProfilesModule {
  static register(profileCreator: PeerClient): DynamicModule {
    return { module: ProfilesModule, controllers: [ProfileController], providers: [{ provide: PeerClient, useValue: profileCreator }, OpenEndedUploads] };
  }
}
