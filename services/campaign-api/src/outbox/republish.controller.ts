import { Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { InternalTokenGuard } from '@postrider/runtime';
import { OutboxRelay } from './outbox-relay.js';

/** For operators: after the topic was lost or damaged. */
@Controller('internal/configuration')
@UseGuards(InternalTokenGuard)
export class RepublishController {
  constructor(private readonly relay: OutboxRelay) {}

  /** Publishes everything again and answers when the broker has it. */
  @Post('republish')
  @HttpCode(200)
  async republish(): Promise<{ published: number }> {
    return { published: await this.relay.publishAll() };
  }
}
