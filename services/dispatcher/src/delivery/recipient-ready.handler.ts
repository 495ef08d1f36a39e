import { Controller } from '@nestjs/common';
import { RecipientReady } from '@postrider/contracts';
import { Consumes } from '@postrider/kafka';
import type { Batch } from '@postrider/kafka';
import { DispatchService } from './dispatch.service.js';

@Controller()
export class RecipientReadyHandler {
  constructor(private readonly dispatcher: DispatchService) {}

  @Consumes(RecipientReady)
  async handle(batch: Batch<RecipientReady>): Promise<void> {
    await this.dispatcher.dispatch(batch.messages, batch.signal);
  }
}
