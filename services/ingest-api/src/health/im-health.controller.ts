import { Controller, Get } from '@nestjs/common';
import { LANES, type Lane } from '@postrider/contracts';
import { Health } from '@postrider/runtime';
import { OldestPending } from '../executions/oldest-pending.js';

interface ImHealth {
  status: 'ok' | 'unavailable';
  lanes: Record<Lane, { oldestSeconds: number }>;
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
    const seconds = status === 'ok' ? await Promise.all(LANES.map((lane) => this.oldest.seconds(lane))).catch(() => undefined) : undefined;
    const lanes = Object.fromEntries(LANES.map((lane, i) => [lane, { oldestSeconds: seconds?.[i] ?? 0 }])) as ImHealth['lanes'];
    return { status: seconds === undefined ? 'unavailable' : status, lanes };
  }
}
