import { Module } from '@nestjs/common';
import { AttachmentMetrics } from './attachment-metrics.js';
import { AttachmentService } from './attachment.service.js';
import { CreatedIdentities } from './created-identities.js';
import { NeededAttributes } from './needed-attributes.js';
import { RecipientResolvedHandler } from './recipient-resolved.handler.js';

@Module({
  controllers: [RecipientResolvedHandler],
  providers: [AttachmentService, AttachmentMetrics, CreatedIdentities, NeededAttributes],
})
export class AttachmentModule {}
