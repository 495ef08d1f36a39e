import { Controller } from '@nestjs/common';
import { ProfileRecipientExcluded, RecipientReady, RecipientResolved } from '@postrider/contracts';
import { Consumes, MessagePublisher } from '@postrider/kafka';
import type { Batch } from '@postrider/kafka';
import { AttachmentMetrics } from './attachment-metrics.js';
import { AttachmentService } from './attachment.service.js';

@Controller()
export class RecipientResolvedHandler {
  constructor(
    private readonly attachments: AttachmentService,
    private readonly publisher: MessagePublisher,
    private readonly metrics: AttachmentMetrics,
  ) {}

  @Consumes(RecipientResolved)
  async handle(batch: Batch<RecipientResolved>): Promise<void> {
    const attachment = await this.attachments.attach(batch.messages);
    // Published even when the profiles existed: a crash between write and publish is what a replay repairs.
    await Promise.all([
      this.publisher.publish(RecipientReady, attachment.ready),
      this.publisher.publish(ProfileRecipientExcluded, attachment.excluded),
    ]);
    this.metrics.countPublished(attachment);
  }
}
