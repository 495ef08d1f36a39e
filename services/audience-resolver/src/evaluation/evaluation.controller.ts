import { Body, Controller, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { EstimateInput, type Estimate, type Evaluation } from '@postrider/contracts';
import { InternalTokenGuard } from '@postrider/runtime';
import { z } from 'zod';
import { checked } from '../members/pages.js';
import { EvaluationService } from './evaluation.service.js';

const OfTenant = z.object({ tenantId: z.string().min(1) });
const OfRevision = OfTenant.extend({ revision: z.coerce.number().int().positive().optional() });

@Controller('internal/audiences')
@UseGuards(InternalTokenGuard)
export class EvaluationController {
  constructor(private readonly evaluations: EvaluationService) {}

  @Post('estimate')
  @HttpCode(200)
  async estimate(@Query() query: unknown, @Body() body: unknown): Promise<Estimate> {
    const { tenantId } = checked(OfTenant, query, 'INVALID_QUERY');
    return this.evaluations.estimate(tenantId, checked(EstimateInput, body, 'INVALID_BODY'));
  }

  @Post(':id/evaluate')
  @HttpCode(202)
  async evaluate(@Param('id') audienceId: string, @Query() query: unknown): Promise<Evaluation> {
    const { tenantId, revision } = checked(OfRevision, query, 'INVALID_QUERY');
    return this.evaluations.start(tenantId, audienceId, revision);
  }
}
