import { Controller, Get, HttpCode, Inject, Param, Post, Query, UseGuards } from '@nestjs/common';
import { pageQuery, type WebhookAttemptPage, type WebhookEndpoint, type WebhookTestOutcome } from '@postrider/contracts';
import { CLOCK, InternalTokenGuard, type Clock } from '@postrider/runtime';
import { z } from 'zod';
import { setTimeout as wait } from 'node:timers/promises';
import { EndpointConditions } from '../endpoints/endpoint-conditions.js';
import { EndpointDirectory } from '../endpoints/endpoint-directory.js';
import { EndpointNotFound, InvalidEndpointQuery } from './administration.errors.js';
import { AttemptLog } from './attempt-log.js';
import { EndpointTestService } from './endpoint-test.service.js';

const OfTenant = z.object({ tenantId: z.string().min(1) });
const AttemptQuery = OfTenant.extend({ ...pageQuery, cursor: z.string().regex(/^\d{1,18}$/, 'is not a cursor').optional() });

/** An endpoint that was just made is on its way here. */
const ARRIVAL_MS = 2_000;
const LOOK_EVERY_MS = 25;

/** The internal API: for campaign-api, which is the administrator's one door. */
@Controller('internal/endpoints')
@UseGuards(InternalTokenGuard)
export class EndpointsController {
  constructor(
    private readonly directory: EndpointDirectory,
    private readonly conditions: EndpointConditions,
    private readonly tests: EndpointTestService,
    private readonly log: AttemptLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post(':id/test')
  @HttpCode(200)
  async test(@Param('id') id: string, @Query() query: unknown): Promise<WebhookTestOutcome> {
    return this.tests.test(await this.arrived(id, checked(OfTenant, query).tenantId));
  }

  @Get(':id/attempts')
  async attempts(@Param('id') id: string, @Query() query: unknown): Promise<WebhookAttemptPage> {
    const { tenantId, cursor, limit } = checked(AttemptQuery, query);
    const endpoint = this.find(id, tenantId);
    if (!endpoint) throw new EndpointNotFound();
    const [{ items, next }, condition] = await Promise.all([
      this.log.read(endpoint.id, cursor, limit),
      this.conditions.conditionOf(endpoint.id, this.clock.now()),
    ]);
    return { items, nextCursor: next ?? null, endpoint: condition };
  }

  /** Waits for an endpoint that was made a moment ago. */
  private async arrived(id: string, tenantId: string): Promise<WebhookEndpoint> {
    for (let waited = 0; waited <= ARRIVAL_MS; waited += LOOK_EVERY_MS) {
      const endpoint = this.find(id, tenantId);
      if (endpoint) return endpoint;
      await wait(LOOK_EVERY_MS);
    }
    throw new EndpointNotFound();
  }

  /** Another tenant's is as good as none. */
  private find(id: string, tenantId: string): WebhookEndpoint | undefined {
    const endpoint = this.directory.find(id);
    return endpoint?.tenantId === tenantId ? endpoint : undefined;
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidEndpointQuery(parsed.error.issues.map(({ path, message }) => ({ path: `/${path.join('/')}`, code: 'INVALID_QUERY', message })));
}
