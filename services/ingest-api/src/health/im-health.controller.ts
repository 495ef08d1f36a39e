import { Controller, Get } from '@nestjs/common';
import { Health } from '@postrider/runtime';
import { OldestPending } from '../executions/oldest-pending.js';

interface ImHealth {
  status: 'ok' | 'unavailable';
  lanes: { transactional: { oldestSeconds: number } };
}

const FRESH_MS = 1_000;

/**
 * Whether calls are taken, and how old the oldest message is that waits: 0 where that cannot be known, which is never `ok`.
 * No credentials; asked often, so kept for a second.
 */
@Controller('im/health')
export class ImHealthController {
  private answer: Promise<ImHealth> | undefined;
  private askedAt = -Infinity;

  constructor(
    private readonly oldest: OldestPending,
    private readonly health: Health,
  ) {}

  @Get()
  read(): Promise<ImHealth> {
    if (!this.answer || performance.now() - this.askedAt > FRESH_MS) {
      this.askedAt = performance.now();
      this.answer = this.ask();
    }
    return this.answer;
  }

  private async ask(): Promise<ImHealth> {
    const { status } = await this.health.report();
    const oldestSeconds = status === 'ok' ? await this.oldest.seconds().catch(() => undefined) : undefined;
    return { status: oldestSeconds === undefined ? 'unavailable' : status, lanes: { transactional: { oldestSeconds: oldestSeconds ?? 0 } } };
  }
}
