import { Controller } from '@nestjs/common';
import { ExecutionRejected, ExecutionRequested } from '@postrider/contracts';
import { Consumes, MessagePublisher, type Batch } from '@postrider/kafka';
import { TriggerService } from './trigger.service.js';

@Controller()
export class ExecutionRequestedHandler {
  constructor(
    private readonly trigger: TriggerService,
    private readonly publisher: MessagePublisher,
  ) {}

  @Consumes(ExecutionRequested)
  async handle(batch: Batch<ExecutionRequested>): Promise<void> {
    const rejected = await this.trigger.take(batch.messages, batch.received);
    await this.publisher.publish(ExecutionRejected, rejected);
  }
}
