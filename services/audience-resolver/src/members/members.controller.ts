import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { pageQuery, type AudienceMember, type Evaluation, type LatestEvaluations, type Page } from '@postrider/contracts';
import { InternalTokenGuard } from '@postrider/runtime';
import { z } from 'zod';
import { MemberService } from './member.service.js';
import { checked } from './pages.js';

const OfTenant = z.object({ tenantId: z.string().min(1) });
const PageOfTenant = OfTenant.extend(pageQuery);
const LatestInput = z.strictObject({ ids: z.array(z.string().max(64)).max(1_000) });

@Controller('internal/audiences')
@UseGuards(InternalTokenGuard)
export class MembersController {
  constructor(private readonly members: MemberService) {}

  @Post('latest')
  @HttpCode(200)
  async latest(@Query() query: unknown, @Body() body: unknown): Promise<LatestEvaluations> {
    const { tenantId } = checked(OfTenant, query, 'INVALID_QUERY');
    return { evaluations: await this.members.latest(tenantId, checked(LatestInput, body, 'INVALID_BODY').ids) };
  }

  @Get(':id/evaluations')
  async list(@Param('id') audienceId: string, @Query() query: unknown): Promise<Page<Evaluation>> {
    const { tenantId, ...page } = checked(PageOfTenant, query, 'INVALID_QUERY');
    return this.members.evaluations({ tenantId, audienceId }, page);
  }

  @Get(':id/members')
  async listMembers(@Param('id') audienceId: string, @Query() query: unknown): Promise<Page<AudienceMember>> {
    const { tenantId, ...page } = checked(PageOfTenant, query, 'INVALID_QUERY');
    return this.members.members({ tenantId, audienceId }, page);
  }
}
