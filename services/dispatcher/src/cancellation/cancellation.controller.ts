import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { CancelExecution, type CancelledExecution } from '@postrider/contracts';
import { InternalTokenGuard } from '@postrider/runtime';
import { CancelRequestInvalid } from './cancellation.errors.js';
import { CancellationService } from './cancellation.service.js';

@Controller('internal/executions')
@UseGuards(InternalTokenGuard)
export class CancellationController {
  constructor(private readonly cancellations: CancellationService) {}

  @Post(':id/cancel')
  @HttpCode(200)
  cancel(@Param('id') executionId: string, @Body() body: unknown): Promise<CancelledExecution> {
    const parsed = CancelExecution.safeParse(body);
    if (!parsed.success) throw new CancelRequestInvalid(parsed.error.issues);
    return this.cancellations.cancel(executionId, parsed.data);
  }
}
