import { Controller } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { Answered } from '../edge/answered.js';
import { InvalidBody } from '../edge/edge.errors.js';
import { Handles, Input } from '../edge/handles.js';
import type { Call } from '../edge/operation.js';
import { PeerClient } from '../peers/peer.client.js';
import { DELETE_PROFILE, FIND_PROFILES, GET_PROFILE, UPSERT_PROFILE, UPSERT_PROFILES } from './profile-operations.js';

/** Profiles belong to profile-creator, which writes and answers: a caller reads its own writes. */
@Controller()
export class ProfileController {
  constructor(private readonly profileCreator: PeerClient) {}

  @Handles(UPSERT_PROFILE)
  async upsert(@Input(UPSERT_PROFILE) { principal, body }: Call<typeof UPSERT_PROFILE>): Promise<Answered> {
    const answer = await this.profileCreator.call({ method: 'PUT', path: '/internal/profiles', body: { ...body, tenantId: principal.tenantId } });
    return new Answered(answer.body, { status: answer.status });
  }

  @Handles(UPSERT_PROFILES)
  async upsertAll(@Input(UPSERT_PROFILES) { principal, request }: Call<typeof UPSERT_PROFILES>): Promise<unknown> {
    if (!isStream(request.body)) throw new InvalidBody([{ path: '', code: 'INVALID', message: 'The body must be application/x-ndjson.' }]);
    const { body } = await this.profileCreator.call({
      method: 'POST',
      path: '/internal/profiles/bulk',
      query: { tenantId: principal.tenantId },
      stream: { type: 'application/x-ndjson', lines: request.body },
    });
    return body;
  }

  @Handles(FIND_PROFILES)
  async find(@Input(FIND_PROFILES) { principal, query }: Call<typeof FIND_PROFILES>): Promise<unknown> {
    const { body } = await this.profileCreator.call({ method: 'GET', path: '/internal/profiles', query: { ...query, tenantId: principal.tenantId } });
    return { nextCursor: null, ...(body as object) };
  }

  @Handles(GET_PROFILE)
  async get(@Input(GET_PROFILE) { principal, params }: Call<typeof GET_PROFILE>): Promise<unknown> {
    const { body } = await this.profileCreator.call({ method: 'GET', path: `/internal/profiles/${params.id}`, query: { tenantId: principal.tenantId } });
    return body;
  }

  @Handles(DELETE_PROFILE)
  async remove(@Input(DELETE_PROFILE) { principal, params }: Call<typeof DELETE_PROFILE>): Promise<void> {
    await this.profileCreator.call({ method: 'DELETE', path: `/internal/profiles/${params.id}`, query: { tenantId: principal.tenantId } });
  }
}

function isStream(body: unknown): body is IncomingMessage {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
