import { Body, Controller, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import type { AcceptedCall, DryRunAnswer, ScheduledCall, Throughput } from '@postrider/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Gate } from '../limits/gate.js';
import { CallService } from './call.service.js';
import { DryRunService } from './dry-run.service.js';
import { isYes } from './flag.js';

/** The calls that ask for messages. Part of Adobe's Interactive Message Execution API. */
@Controller('im/executions')
export class CallController {
  constructor(
    private readonly gate: Gate,
    private readonly calls: CallService,
    private readonly dryRuns: DryRunService,
  ) {}

  @Post('unitary')
  @HttpCode(202)
  unitary(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Body() body: unknown, @Query('dryRun') dryRun?: string) {
    return this.take('standard', { request, reply, body, dryRun });
  }

  @Post('highthroughput')
  @HttpCode(202)
  highThroughput(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Body() body: unknown, @Query('dryRun') dryRun?: string) {
    return this.take('high', { request, reply, body, dryRun });
  }

  private take(throughput: Throughput, call: { request: FastifyRequest; reply: FastifyReply; body: unknown; dryRun: string | undefined }): Promise<AcceptedCall | ScheduledCall | DryRunAnswer> {
    const { request, reply, body, dryRun } = call;
    return this.gate.pass(request, async (principal) => {
      if (isYes(dryRun)) {
        void reply.status(200);
        return this.dryRuns.run(principal, body, throughput);
      }
      const { answer, isReplay } = await this.calls.take(principal, body, throughput);
      if (isReplay) void reply.header('idempotency-replayed', 'true');
      return answer;
    });
  }
}
