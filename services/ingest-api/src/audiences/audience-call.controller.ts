import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { AcceptedAudienceCall, AudienceDryRun, AudienceExecutionAnswer, ScheduledCall } from '@postrider/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isYes } from '../calls/flag.js';
import { ExecutionsService } from '../executions/executions.service.js';
import { Gate } from '../limits/gate.js';
import { AudienceCallService } from './audience-call.service.js';
import { AudienceDryRunService } from './audience-dry-run.service.js';

/** Executions of audiences. Part of Adobe's Interactive Message Execution API; holding them is ours. */
@Controller('im/executions/audience')
export class AudienceCallController {
  constructor(
    private readonly gate: Gate,
    private readonly calls: AudienceCallService,
    private readonly dryRuns: AudienceDryRunService,
    private readonly executions: ExecutionsService,
  ) {}

  @Post()
  @HttpCode(202)
  take(
    @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Body() body: unknown, @Query('dryRun') dryRun?: string,
  ): Promise<AcceptedAudienceCall | ScheduledCall | AudienceDryRun> {
    return this.gate.pass(request, async (principal) => {
      if (isYes(dryRun)) {
        void reply.status(200);
        return this.dryRuns.run(principal, body);
      }
      const { answer, isReplay } = await this.calls.take(principal, body);
      if (isReplay) void reply.header('idempotency-replayed', 'true');
      return answer;
    });
  }

  @Get(':id')
  one(@Req() request: FastifyRequest, @Param('id') id: string): Promise<AudienceExecutionAnswer> {
    return this.gate.pass(request, ({ tenantId }) => this.executions.audienceStatus(tenantId, id));
  }

  @Post(':id/pause')
  @HttpCode(200)
  pause(@Req() request: FastifyRequest, @Param('id') id: string): Promise<AudienceExecutionAnswer> {
    return this.gate.pass(request, ({ tenantId }) => this.executions.hold(tenantId, id, 'pause'));
  }

  @Post(':id/resume')
  @HttpCode(200)
  resume(@Req() request: FastifyRequest, @Param('id') id: string): Promise<AudienceExecutionAnswer> {
    return this.gate.pass(request, ({ tenantId }) => this.executions.hold(tenantId, id, 'resume'));
  }
}
