import type { IncomingMessage } from 'node:http';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res, UseGuards } from '@nestjs/common';
import { ProfilesOfIdentities, UpsertProfile, type BulkProfiles, type IdentifiedProfiles, type Profile } from '@postrider/contracts';
import { InternalTokenGuard } from '@postrider/runtime';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { InvalidProfileInput } from '../profiles/profiles.errors.js';
import { BulkProfilesService } from './bulk-profiles.service.js';
import { IdentifiedProfilesService } from './identified-profiles.service.js';
import { pointerOf } from './parse-profile.js';
import { ProfilesService } from './profiles.service.js';

const OfTenant = z.object({ tenantId: z.string().min(1) });
const ByIdentity = OfTenant.extend({ namespace: z.string().min(1), value: z.string().min(1) });

/** The internal API: for campaign-api, which is the administrator's one door, and for uploads of audience-resolver. */
@Controller('internal/profiles')
@UseGuards(InternalTokenGuard)
export class ProfilesController {
  constructor(
    private readonly profiles: ProfilesService,
    private readonly bulk: BulkProfilesService,
    private readonly identified: IdentifiedProfilesService,
  ) {}

  @Put()
  async upsert(@Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<Profile> {
    const { tenantId, ...input } = checked(UpsertProfile, body);
    const { isNew, profile } = await this.profiles.upsert(tenantId, input);
    void reply.status(isNew ? 201 : 200);
    return profile;
  }

  @Post('bulk')
  @HttpCode(200)
  async upsertAll(@Query() query: unknown, @Body() body: unknown): Promise<BulkProfiles> {
    const { tenantId } = checked(OfTenant, query);
    if (!isStream(body)) throw new InvalidProfileInput([{ path: '', code: 'INVALID_BODY', message: 'The body must be application/x-ndjson.' }]);
    return this.bulk.upsert(tenantId, body);
  }

  @Post('identities')
  @HttpCode(200)
  async ofIdentities(@Body() body: unknown): Promise<IdentifiedProfiles> {
    return this.identified.of(checked(ProfilesOfIdentities, body));
  }

  @Get()
  async findByIdentity(@Query() query: unknown): Promise<{ items: Profile[] }> {
    const { tenantId, namespace, value } = checked(ByIdentity, query);
    const profile = await this.profiles.findByIdentity(tenantId, namespace, value);
    return { items: profile ? [profile] : [] };
  }

  @Get(':id')
  async get(@Param('id') id: string, @Query() query: unknown): Promise<Profile> {
    return this.profiles.get(checked(OfTenant, query).tenantId, id);
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@Param('id') id: string, @Query() query: unknown): Promise<void> {
    await this.profiles.remove(checked(OfTenant, query).tenantId, id);
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidProfileInput(parsed.error.issues.map(({ path, message }) => ({ path: pointerOf(path), code: 'INVALID_BODY', message })));
}

function isStream(body: unknown): body is IncomingMessage {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
