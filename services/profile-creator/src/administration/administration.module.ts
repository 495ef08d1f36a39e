import { Module } from '@nestjs/common';
import { OpenEndedUploads } from '@postrider/runtime';
import { BulkProfilesService } from './bulk-profiles.service.js';
import { IdentifiedProfilesService } from './identified-profiles.service.js';
import { ProfilesController } from './profiles.controller.js';
import { ProfilesService } from './profiles.service.js';
import { Regions } from './regions.js';

@Module({
  controllers: [ProfilesController],
  providers: [ProfilesService, BulkProfilesService, IdentifiedProfilesService, OpenEndedUploads, Regions],
})
export class AdministrationModule {}
