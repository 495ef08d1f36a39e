/**
 * Guarantee: an upload is the audience's last evaluation when all of it is stored, and until then the former one is in force.
 * One that fails or breaks off changes nothing for the audience: it is Failed, and its members are removed by the sweep.
 * Limits: memory does not grow with the file, nor with a row of it. Profiles that were made stay when the upload fails later.
 * Of two uploads at the same time the one that ends later is the last.
 * Failure modes: a caller that goes away, Postgres or profile-creator down end in `UploadInterrupted`. A process that dies, or
 * cannot say that it failed, leaves a lease that runs out; one that wakes up after that is fenced and stores nothing.
 */
import { randomUUID, randomUUIDv7 } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Upload, UploadQuery } from '@postrider/contracts';
import { Sql, sqlStateOf } from '@postrider/database';
import { AppError, Logger, kindOf } from '@postrider/runtime';
import { csvRows, type CsvRow } from './csv-rows.js';
import { ProfileCreatorClient } from './profile-creator.client.js';
import { MAX_ROW_BYTES, type RowFormat } from './read-row.js';
import { withSignsOfLife } from './signs-of-life.js';
import { UploadBody, isBrokenOff } from './upload-body.js';
import { readHeader } from './upload-header.js';
import { UploadRun } from './upload-run.js';
import { beginUpload, endUpload, readUpload, touchUpload } from './upload-statements.js';
import { UploadSubject } from './upload-subject.js';
import { ServiceStopping, TooManyUploads, UnreadableCsv, UploadGivenUp, UploadIdTaken, UploadInterrupted, UploadNotFound } from './uploads.errors.js';

export interface UploadCall extends UploadQuery {
  tenantId: string;
  audienceId: string;
  /** Where the sender said it. */
  totalBytes: number | undefined;
}

const UNIQUE_VIOLATION = '23505';
/** Each holds some ten megabytes, and a part of the database. */
const UPLOADS_AT_ONCE = 4;

@Injectable()
export class UploadsService implements BeforeApplicationShutdown {
  private readonly running = new Map<UploadBody, Promise<unknown>>();

  constructor(
    private readonly sql: Sql,
    private readonly subject: UploadSubject,
    private readonly profileCreator: ProfileCreatorClient,
    private readonly logger: Logger,
  ) {}

  /** Stores the file, and answers when it is in force. @throws UploadInterrupted, UnreadableCsv, UnsuitableHeader, … */
  async upload(call: UploadCall, stream: Readable): Promise<Upload> {
    if (this.running.size >= UPLOADS_AT_ONCE) throw new TooManyUploads(UPLOADS_AT_ONCE);
    const body = new UploadBody(stream);
    const upload = this.take({ ...call, namespace: call.namespace.toLowerCase(), uploadId: call.uploadId ?? randomUUID() }, body);
    this.running.set(body, upload.catch(() => undefined));
    try {
      return await upload;
    } catch (error) {
      await body.drain();
      throw error;
    } finally {
      this.running.delete(body);
    }
  }

  /** @throws UploadNotFound */
  async get(tenantId: string, audienceId: string, uploadId: string): Promise<Upload> {
    const upload = await readUpload(this.sql, tenantId, audienceId, uploadId);
    if (!upload) throw new UploadNotFound();
    return upload;
  }

  /** Uploads are not waited for: they may take as long as their callers like. */
  async beforeApplicationShutdown(): Promise<void> {
    const running = [...this.running];
    for (const [body] of running) body.stop(new ServiceStopping());
    await Promise.all(running.map(([, ended]) => ended));
  }

  private async take(call: UploadCall & { uploadId: string }, body: UploadBody): Promise<Upload> {
    const { tenantId, audienceId, namespace, uploadId } = call;
    const region = await this.subject.regionFor(tenantId, audienceId, namespace);
    const { header, rows, delimiter } = await openCsv(body).catch((error: unknown) => reasonOf(error, uploadId, body));
    const format = { ...readHeader(header, delimiter, call.column, namespace), delimiter, namespace, region };
    await this.begin(call);
    try {
      await this.store(call, { body, rows, format });
    } catch (error) {
      if (!(await this.fail(call, body, error))) return reasonOf(error, uploadId, body);
    }
    return this.get(tenantId, audienceId, uploadId);
  }

  private async begin({ uploadId, audienceId, tenantId, totalBytes }: UploadCall & { uploadId: string }): Promise<void> {
    try {
      await beginUpload(this.sql, { uploadId, evaluationId: randomUUIDv7(), audienceId, tenantId, totalBytes });
    } catch (error) {
      throw sqlStateOf(error) === UNIQUE_VIOLATION ? new UploadIdTaken() : error;
    }
  }

  private async store(
    { uploadId, tenantId, unknownProfiles }: UploadCall & { uploadId: string },
    { body, rows, format }: { body: UploadBody; rows: AsyncIterable<CsvRow[]>; format: RowFormat },
  ): Promise<void> {
    const run = new UploadRun(this.sql, this.profileCreator, { uploadId, tenantId, unknownProfiles, format, bytesRead: () => body.bytes });
    const touch = async (): Promise<void> => {
      if (!(await touchUpload(this.sql, uploadId, body.bytes))) body.stop(new UploadGivenUp());
    };
    await withSignsOfLife(touch, () => run.take(rows));
    if (!(await endUpload(this.sql, uploadId, { bytes: body.bytes, error: null }))) throw new UploadGivenUp();
  }

  /** @returns whether it is complete after all: the answer to its last statement was what got lost */
  private async fail({ uploadId, tenantId, audienceId }: UploadCall & { uploadId: string }, body: UploadBody, error: unknown): Promise<boolean> {
    try {
      if (await endUpload(this.sql, uploadId, { bytes: body.bytes, error: sentenceOf(body.stopReason ?? error) })) return false;
      return (await readUpload(this.sql, tenantId, audienceId, uploadId))?.status === 'Completed';
    } catch (cause) {
      // The sweep will fail it, when its lease has run out.
      this.logger.warn('upload.left', { uploadId, error: cause });
      return false;
    }
  }
}

interface OpenedCsv {
  header: Buffer | undefined;
  rows: AsyncIterable<CsvRow[]>;
  delimiter: string;
}

async function openCsv(body: UploadBody): Promise<OpenedCsv> {
  const head = await body.head();
  const rows = csvRows(body.from(head), head.dialect, MAX_ROW_BYTES);
  const first = await rows.next();
  const [header, ...others] = first.done ? [] : first.value;
  if (header?.fault) throw new UnreadableCsv('The quotes of the header line make no sense.');
  return { header: header?.bytes, rows: inFront(others, rows), delimiter: head.dialect.delimiter };
}

async function* inFront<T>(first: T, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

/** What the caller is told. */
function reasonOf(error: unknown, uploadId: string, body: UploadBody): never {
  if (body.stopReason instanceof AppError) throw body.stopReason;
  if (error instanceof UploadGivenUp) throw error;
  throw kindOf(error) === 'transient' || isBrokenOff(error) ? new UploadInterrupted(uploadId, error) : error;
}

/** What the upload says about its end. */
function sentenceOf(error: unknown): string {
  if (error instanceof AppError) return error.detail;
  return isBrokenOff(error) ? 'The connection broke off before the end of the file.' : 'Something went wrong on our side. It was logged.';
}
