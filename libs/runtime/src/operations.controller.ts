import { Controller, Get, Header, Res } from '@nestjs/common';
import { Health, type HealthReport } from './health.js';
import { Metrics } from './metrics.js';

/** The part of Fastify's reply that is used here. */
interface Reply {
  status(code: number): unknown;
}

/** What an operator's tools ask of every process. Bound to the service's port; no credentials. */
@Controller()
export class OperationsController {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
  ) {}

  /** The process runs and its event loop turns. */
  @Get('health/live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The process can be given work: 200, else 503 with what is missing. */
  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<HealthReport> {
    const report = await this.health.report();
    if (report.status !== 'ok') reply.status(503);
    return report;
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  expose(): Promise<string> {
    return this.metrics.expose();
  }
}
