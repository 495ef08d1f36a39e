import { Controller } from '@nestjs/common';
import { StatusChanged } from '@postrider/contracts';
import { Consumes, type Batch } from '@postrider/kafka';
import { Intake } from '../sending/intake.js';
import { FeedbackService } from './feedback.service.js';

@Controller()
export class StatusChangedHandler {
  constructor(
    private readonly feedback: FeedbackService,
    private readonly intake: Intake,
  ) {}

  @Consumes(StatusChanged)
  async handle(batch: Batch<StatusChanged>): Promise<void> {
    await this.intake.take(this.feedback.deliveriesOf(batch.messages));
  }
}
