import { Controller, Delete, Get, Param, Query, Req } from '@nestjs/common';
import { MessageState, type CancelledExecution, type ExecutionStatusAnswer, type RecipientPage } from '@postrider/contracts';
import type { FastifyRequest } from 'fastify';
import { CallRefused } from '../calls/calls.errors.js';
import { isText } from '../calls/fit-values.js';
import { Gate } from '../limits/gate.js';
import { ExecutionsService } from './executions.service.js';

/** What became of executions, and the end of what has not been sent. */
@Controller('im/executions')
export class ExecutionsController {
  constructor(
    private readonly gate: Gate,
    private readonly executions: ExecutionsService,
  ) {}

  @Get()
  byRequest(@Req() request: FastifyRequest, @Query() { requestId, campaignId }: Record<string, unknown>): Promise<ExecutionStatusAnswer> {
    return this.gate.pass(request, async ({ tenantId }) => {
      if (!isText(requestId) || !isText(campaignId)) throw new CallRefused('INVALID_QUERY', 'requestId and campaignId are both required.');
      return this.executions.statusByRequest(tenantId, requestId, campaignId);
    });
  }

  @Get(':id')
  one(@Req() request: FastifyRequest, @Param('id') id: string): Promise<ExecutionStatusAnswer> {
    return this.gate.pass(request, ({ tenantId }) => this.executions.status(tenantId, id));
  }

  @Get(':id/recipients')
  recipients(@Req() request: FastifyRequest, @Param('id') id: string, @Query() { state, cursor }: Record<string, unknown>): Promise<RecipientPage> {
    return this.gate.pass(request, async ({ tenantId }) => this.executions.recipients(tenantId, id, { state: stateOf(state), cursor }));
  }

  @Delete(':id')
  cancel(@Req() request: FastifyRequest, @Param('id') id: string): Promise<CancelledExecution> {
    return this.gate.pass(request, ({ tenantId }) => this.executions.cancel(tenantId, id));
  }
}

function stateOf(text: unknown): MessageState | undefined {
  if (text === undefined) return undefined;
  const parsed = MessageState.safeParse(text);
  if (!parsed.success) throw new CallRefused('INVALID_QUERY', `state is one of: ${MessageState.options.join(', ')}.`);
  return parsed.data;
}
