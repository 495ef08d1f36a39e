import { Module, type DynamicModule } from '@nestjs/common';
import { CampaignSchedule } from './campaign-schedule.js';
import { CampaignStore } from './campaign-store.js';
import { CampaignController } from './campaign.controller.js';
import { CampaignService } from './campaign.service.js';
import { INGEST_URL, LifecycleController } from './lifecycle.controller.js';
import { LifecycleService } from './lifecycle.service.js';
import { PreviewService } from './preview.service.js';

@Module({})
export class CampaignsModule {
  static register(ingestUrl: string): DynamicModule {
    return {
      module: CampaignsModule,
      controllers: [CampaignController, LifecycleController],
      providers: [{ provide: INGEST_URL, useValue: ingestUrl }, CampaignStore, CampaignService, LifecycleService, PreviewService, CampaignSchedule],
    };
  }
}
