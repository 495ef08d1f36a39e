import { Module, type DynamicModule } from '@nestjs/common';
import { OpenEndedUploads } from '@postrider/runtime';
import { AudienceDefinitions } from '../evaluation/audience-definitions.js';
import { ProfileCreatorClient } from './profile-creator.client.js';
import { UploadReportService } from './upload-report.service.js';
import { UploadSubject } from './upload-subject.js';
import { UploadSweepService } from './upload-sweep.service.js';
import { UploadsController } from './uploads.controller.js';
import { UploadsService } from './uploads.service.js';

@Module({})
export class UploadsModule {
  static with(config: { PROFILE_CREATOR_URL: string; INTERNAL_TOKEN: string }): DynamicModule {
    const client = { provide: ProfileCreatorClient, useValue: new ProfileCreatorClient(config.PROFILE_CREATOR_URL, config.INTERNAL_TOKEN) };
    return {
      module: UploadsModule,
      controllers: [UploadsController],
      providers: [UploadsService, UploadReportService, UploadSweepService, UploadSubject, AudienceDefinitions, OpenEndedUploads, client],
    };
  }
}
