import { Controller } from '@nestjs/common';
import { RecipientReady } from '@postrider/contracts';
import { Consumes } from '@postrider/kafka';
import type { Batch } from '@postrider/kafka';
import { pause } from '@postrider/runtime';
import { DispatchService } from './dispatch.service.js';
import { GivingWay } from './giving-way.js';

@Controller()
export class RecipientReadyHandler {
  constructor(
    private readonly dispatcher: DispatchService,
    private readonly givingWay: GivingWay,
  ) {}

  @Consumes(RecipientReady)
  async handle({ messages, signal }: Batch<RecipientReady>): Promise<void> {
    const startedAt = performance.now();
    await this.dispatcher.dispatch(messages, signal);
    await pause(this.givingWay.restMs(messages, performance.now() - startedAt), signal);
  }
}
