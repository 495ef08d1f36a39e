import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Sql } from '@postrider/database';
import type { UploadFault } from './read-row.js';
import { readFaults, readUpload } from './upload-statements.js';
import { UploadNotFound } from './uploads.errors.js';

const LINES_A_PAGE = 2_000;
const NEEDS_QUOTES = /[",\r\n]/;

/** The rows that failed, as CSV with a header line: the first 100,000 of an upload, by line. */
@Injectable()
export class UploadReportService {
  constructor(private readonly sql: Sql) {}

  /** Read while it is sent. @throws UploadNotFound */
  async report(tenantId: string, audienceId: string, uploadId: string): Promise<Readable> {
    if (!(await readUpload(this.sql, tenantId, audienceId, uploadId))) throw new UploadNotFound();
    return Readable.from(this.pages(uploadId));
  }

  private async *pages(uploadId: string): AsyncGenerator<string> {
    yield 'line,column,code,message\r\n';
    for (let after = 0, isLast = false; !isLast; ) {
      const faults = await readFaults(this.sql, uploadId, after, LINES_A_PAGE);
      if (faults.length > 0) yield faults.map(lineOf).join('');
      after = faults.at(-1)?.line ?? after;
      isLast = faults.length < LINES_A_PAGE;
    }
  }
}

function lineOf({ line, column, code, message }: UploadFault): string {
  return `${[String(line), column, code, message].map(fieldOf).join(',')}\r\n`;
}

function fieldOf(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
