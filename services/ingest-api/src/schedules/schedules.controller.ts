import { Controller, Delete, Get, Param, Query, Req } from '@nestjs/common';
import type { Page, ScheduleAnswer } from '@postrider/contracts';
import type { FastifyRequest } from 'fastify';
import { CallRefused } from '../calls/calls.errors.js';
import { isText } from '../calls/fit-values.js';
import { Gate } from '../limits/gate.js';
import { SchedulesService } from './schedules.service.js';

/** Calls whose time is to come. Part of Adobe's Interactive Message Execution API; the list is ours. */
@Controller('im/executions/schedules')
export class SchedulesController {
  constructor(
    private readonly gate: Gate,
    private readonly schedules: SchedulesService,
  ) {}

  @Get()
  list(@Req() request: FastifyRequest, @Query() { campaignId, cursor }: Record<string, unknown>): Promise<Page<ScheduleAnswer>> {
    return this.gate.pass(request, async ({ tenantId }) => {
      if (campaignId !== undefined && !isText(campaignId)) throw new CallRefused('INVALID_QUERY', 'campaignId is the id of a campaign.');
      return this.schedules.list(tenantId, { campaignId, cursor });
    });
  }

  @Get(':id')
  one(@Req() request: FastifyRequest, @Param('id') id: string): Promise<ScheduleAnswer> {
    return this.gate.pass(request, ({ tenantId }) => this.schedules.read(tenantId, id));
  }

  @Delete(':id')
  delete(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    return this.gate.pass(request, async ({ tenantId }) => {
      await this.schedules.delete(tenantId, id);
      return {};
    });
  }
}
