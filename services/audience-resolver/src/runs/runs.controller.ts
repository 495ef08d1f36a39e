import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { RunPreviewInput, type Run, type RunPreview } from '@postrider/contracts';
import { InternalTokenGuard } from '@postrider/runtime';
import { z } from 'zod';
import { RunControl } from './run-control.service.js';
import { RunPreviews } from './run-preview.service.js';
import { InvalidRunRequest } from './runs.errors.js';

const OfTenant = z.strictObject({ tenantId: z.string().min(1) });

/** For ingest-api, which answers the callers of the execution API. */
@Controller('internal/runs')
@UseGuards(InternalTokenGuard)
export class RunsController {
  constructor(
    private readonly control: RunControl,
    private readonly previews: RunPreviews,
  ) {}

  @Post('preview')
  @HttpCode(200)
  preview(@Body() body: unknown): Promise<RunPreview> {
    return this.previews.preview(checked(RunPreviewInput, body));
  }

  @Get(':id')
  get(@Param('id') executionId: string, @Query() query: unknown): Promise<Run> {
    return this.control.get(executionId, checked(OfTenant, query).tenantId);
  }

  @Post(':id/pause')
  @HttpCode(200)
  pause(@Param('id') executionId: string, @Body() body: unknown): Promise<Run> {
    return this.control.pause(executionId, checked(OfTenant, body).tenantId);
  }

  @Post(':id/resume')
  @HttpCode(200)
  resume(@Param('id') executionId: string, @Body() body: unknown): Promise<Run> {
    return this.control.resume(executionId, checked(OfTenant, body).tenantId);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  cancel(@Param('id') executionId: string, @Body() body: unknown): Promise<Run> {
    return this.control.cancel(executionId, checked(OfTenant, body).tenantId);
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidRunRequest(parsed.error.issues.map(({ path, message }) => ({ path: path.map((part) => `/${String(part)}`).join(''), code: 'INVALID_BODY', message })));
}
