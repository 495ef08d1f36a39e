import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { HoldExecution } from '@postrider/contracts';
import { InternalTokenGuard } from '@postrider/runtime';
import { HoldRequestInvalid } from './pausing.errors.js';
import { PausingService } from './pausing.service.js';

@Controller('internal/executions')
@UseGuards(InternalTokenGuard)
export class PausingController {
  constructor(private readonly pauses: PausingService) {}

  @Post(':id/pause')
  @HttpCode(200)
  async pause(@Param('id') executionId: string, @Body() body: unknown): Promise<object> {
    await this.pauses.pause(executionId, checked(body));
    return {};
  }

  @Post(':id/resume')
  @HttpCode(200)
  async resume(@Param('id') executionId: string, @Body() body: unknown): Promise<object> {
    await this.pauses.resume(executionId, checked(body));
    return {};
  }
}

/** @throws HoldRequestInvalid */
function checked(body: unknown): HoldExecution {
  const parsed = HoldExecution.safeParse(body);
  if (!parsed.success) throw new HoldRequestInvalid(parsed.error.issues);
  return parsed.data;
}
