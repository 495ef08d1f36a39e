import { Readable } from 'node:stream';
import { Body, Controller, Get, Header, Headers, HttpCode, Param, Post, Query, StreamableFile, UseGuards } from '@nestjs/common';
import { UploadQuery, type Upload } from '@postrider/contracts';
import { InternalTokenGuard } from '@postrider/runtime';
import { z } from 'zod';
import { UploadReportService } from './upload-report.service.js';
import { InvalidUploadCall, NotCsv, UploadNotFound } from './uploads.errors.js';
import { UploadsService } from './uploads.service.js';

const OfTenant = z.object({ tenantId: z.string().min(1) });
const UploadOfTenant = UploadQuery.extend(OfTenant.shape);
const UploadId = z.uuid();
const CSV = /^text\/csv\b/i;

interface UploadHeaders {
  'content-type'?: string;
  'content-length'?: string;
}

/** CSV in, members out; for campaign-api, which is the administrator's one door. */
@Controller('internal/audiences/:id')
@UseGuards(InternalTokenGuard)
export class UploadsController {
  constructor(
    private readonly uploads: UploadsService,
    private readonly reports: UploadReportService,
  ) {}

  @Post('upload')
  @HttpCode(200)
  async upload(@Param('id') audienceId: string, @Query() query: unknown, @Headers() headers: UploadHeaders, @Body() body: unknown): Promise<Upload> {
    const call = checked(UploadOfTenant, query);
    const { 'content-type': type, 'content-length': length } = headers;
    if (!(body instanceof Readable) || !CSV.test(type ?? '')) throw new NotCsv();
    return this.uploads.upload({ ...call, audienceId, totalBytes: length === undefined ? undefined : Number(length) }, body);
  }

  @Get('uploads/:uploadId')
  async get(@Param('id') audienceId: string, @Param('uploadId') uploadId: string, @Query() query: unknown): Promise<Upload> {
    return this.uploads.get(checked(OfTenant, query).tenantId, audienceId, known(uploadId));
  }

  @Get('uploads/:uploadId/errors')
  @Header('content-type', 'text/csv; charset=utf-8')
  async errors(@Param('id') audienceId: string, @Param('uploadId') uploadId: string, @Query() query: unknown): Promise<StreamableFile> {
    return new StreamableFile(await this.reports.report(checked(OfTenant, query).tenantId, audienceId, known(uploadId)), { type: 'text/csv; charset=utf-8' });
  }
}

/** What is no id is the id of nothing. */
function known(uploadId: string): string {
  if (!UploadId.safeParse(uploadId).success) throw new UploadNotFound();
  return uploadId;
}

function checked<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => ({ path: `/${path.map(String).join('/')}`, code: 'INVALID_QUERY', message }));
  throw new InvalidUploadCall(faults);
}
