import type { IncomingMessage } from 'node:http';
import { Controller, StreamableFile } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Conflict, InvalidBody, NotFound } from '../edge/edge.errors.js';
import { Handles, Input } from '../edge/handles.js';
import type { Call } from '../edge/operation.js';
import { requireEvaluable } from './audience-check.js';
import {
  ESTIMATE_AUDIENCE, EVALUATE_AUDIENCE, GET_UPLOAD, GET_UPLOAD_ERRORS, LIST_EVALUATIONS, LIST_MEMBERS, UPLOAD_AUDIENCE,
} from './audience-operations.js';
import { AudienceResolver } from './audience-resolver.client.js';
import { AudienceService } from './audience.service.js';
import { NothingToEvaluate } from './audiences.errors.js';

/** What audience-resolver knows of the audiences that are defined here; it is asked of those of the caller's sandbox only. */
@Controller()
export class MembershipController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audiences: AudienceService,
    private readonly resolver: AudienceResolver,
  ) {}

  @Handles(ESTIMATE_AUDIENCE)
  async estimate(@Input(ESTIMATE_AUDIENCE) { principal: { tenantId }, body }: Call<typeof ESTIMATE_AUDIENCE>): Promise<unknown> {
    await requireEvaluable(this.dataSource.manager, tenantId, body);
    return (await this.resolver.call({ method: 'POST', path: 'estimate', tenantId, body: { ...body } })).body;
  }

  @Handles(EVALUATE_AUDIENCE)
  async evaluate(@Input(EVALUATE_AUDIENCE) { principal, params }: Call<typeof EVALUATE_AUDIENCE>): Promise<unknown> {
    const { id, tenantId, source, revision } = await this.audiences.find(principal.tenantId, params.id);
    if (source === 'upload') throw new NothingToEvaluate();
    return (await this.resolver.callOfKnown({ method: 'POST', path: `${id}/evaluate`, tenantId, query: { revision } })).body;
  }

  @Handles(LIST_EVALUATIONS)
  async evaluations(@Input(LIST_EVALUATIONS) { principal, params, query }: Call<typeof LIST_EVALUATIONS>): Promise<unknown> {
    const { id, tenantId } = await this.audiences.find(principal.tenantId, params.id);
    return (await this.resolver.callOfKnown({ method: 'GET', path: `${id}/evaluations`, tenantId, query })).body;
  }

  @Handles(LIST_MEMBERS)
  async members(@Input(LIST_MEMBERS) { principal, params, query }: Call<typeof LIST_MEMBERS>): Promise<unknown> {
    const { id, tenantId } = await this.audiences.find(principal.tenantId, params.id);
    return (await this.resolver.callOfKnown({ method: 'GET', path: `${id}/members`, tenantId, query })).body;
  }

  /** @throws Conflict for an audience whose members do not come from uploads */
  @Handles(UPLOAD_AUDIENCE)
  async upload(@Input(UPLOAD_AUDIENCE) { principal, params, query, request }: Call<typeof UPLOAD_AUDIENCE>): Promise<unknown> {
    const { id, tenantId, source } = await this.audiences.find(principal.tenantId, params.id);
    if (source !== 'upload') throw new Conflict('Only an audience of source upload takes uploads.');
    if (!isStream(request.body)) throw new InvalidBody([{ path: '', code: 'INVALID', message: 'The body must be text/csv.' }]);
    const stream = { type: request.headers['content-type'] ?? 'text/csv', lines: request.body, ...lengthOf(request.headers['content-length']) };
    return (await this.resolver.call({ method: 'POST', path: `${id}/upload`, tenantId, query, stream })).body;
  }

  @Handles(GET_UPLOAD)
  async uploadState(@Input(GET_UPLOAD) { principal, params }: Call<typeof GET_UPLOAD>): Promise<unknown> {
    const { id, tenantId } = await this.audiences.find(principal.tenantId, params.id);
    return (await this.resolver.call({ method: 'GET', path: `${id}/uploads/${segmentOf(params.uploadId)}`, tenantId })).body;
  }

  @Handles(GET_UPLOAD_ERRORS)
  async uploadErrors(@Input(GET_UPLOAD_ERRORS) { principal, params }: Call<typeof GET_UPLOAD_ERRORS>): Promise<StreamableFile> {
    const { id, tenantId } = await this.audiences.find(principal.tenantId, params.id);
    const uploadId = segmentOf(params.uploadId);
    const { type, content } = await this.resolver.open({ method: 'GET', path: `${id}/uploads/${uploadId}/errors`, tenantId });
    return new StreamableFile(content, { type, disposition: `attachment; filename="upload-${uploadId}-errors.csv"` });
  }
}

/** @throws NotFound for what could lead to another path of the resolver: no upload is called so */
function segmentOf(uploadId: string): string {
  if (!/^[\w-]{1,64}$/.test(uploadId)) throw new NotFound('upload');
  return uploadId;
}

function lengthOf(header: string | undefined): { length?: number } {
  return header === undefined ? {} : { length: Number(header) };
}

function isStream(body: unknown): body is IncomingMessage {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
