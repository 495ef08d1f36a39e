import { Module, type DynamicModule } from '@nestjs/common';
import { DatabaseModule } from '@postrider/database';
import { SecretSealer } from '@postrider/secrets';
import { PeerClient } from '../peers/peer.client.js';
import { FeedbackWebhookController } from './feedback-webhook.controller.js';
import { FeedbackWebhookRow } from './feedback-webhook.entity.js';
import { ALLOW_HTTP, FeedbackWebhookService } from './feedback-webhook.service.js';

export interface FeedbackWebhooksOptions {
  sealer: SecretSealer;
  notifier: PeerClient;
  allowHttp: boolean;
}

@Module({})
export class FeedbackWebhooksModule {
  static register({ sealer, notifier, allowHttp }: FeedbackWebhooksOptions): DynamicModule {
    return {
      module: FeedbackWebhooksModule,
      imports: [DatabaseModule.repositories(FeedbackWebhookRow)],
      controllers: [FeedbackWebhookController],
      providers: [
        { provide: SecretSealer, useValue: sealer },
        { provide: PeerClient, useValue: notifier },
        { provide: ALLOW_HTTP, useValue: allowHttp },
        FeedbackWebhookService,
      ],
    };
  }
}
