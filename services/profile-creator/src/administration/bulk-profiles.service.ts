/**
 * Guarantee: each line that is not blank is counted once, as created, updated or failed; a bad line does not stop the others;
 * lines take effect in their order. An upload sent twice changes nothing the second time.
 * Limits: lines are stored 500 at a time, each time whole, so an upload that is interrupted is stored up to a multiple
 * of that. Memory does not grow with the upload: one chunk is held, and the first 1,000 errors.
 * Failure modes: Postgres down or a caller that goes away ends in `UploadInterrupted`, which says how far it came.
 */
import { Injectable } from '@nestjs/common';
import type { BulkProfiles } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { kindOf } from '@postrider/runtime';
import { UploadInterrupted, conflictDetail } from '../profiles/profiles.errors.js';
import { applyUpserts } from './apply-upserts.js';
import { linesOf, type Line } from './lines-of.js';
import { parseProfile, type ProfileUpsert } from './parse-profile.js';
import { Regions } from './regions.js';

const CHUNK_LINES = 500;
const MAX_LINE_BYTES = 1_048_576;
/** A chunk of long lines is written earlier, so that it is bounded too. */
const CHUNK_CHARACTERS = 4_194_304;
const REPORTED_ERRORS = 1_000;

type LineError = BulkProfiles['errors'][number];
type Chunk = { line: number; upsert: ProfileUpsert }[];

@Injectable()
export class BulkProfilesService {
  constructor(
    private readonly sql: Sql,
    private readonly regions: Regions,
  ) {}

  /** Upserts one profile per line. @throws UploadInterrupted */
  async upsert(tenantId: string, stream: AsyncIterable<Uint8Array>): Promise<BulkProfiles> {
    const upload = new Upload(this.sql, tenantId, this.regions.of(tenantId));
    try {
      for await (const line of linesOf(stream, MAX_LINE_BYTES)) await upload.take(line);
      await upload.flush();
    } catch (error) {
      if (kindOf(error) === 'transient' || isAbort(error)) throw new UploadInterrupted(upload.handledLines, error);
      throw error;
    }
    return upload.result;
  }
}

class Upload {
  readonly result: BulkProfiles = { received: 0, created: 0, updated: 0, failed: 0, errors: [] };
  /** Number of the last line that is stored or refused for good, with all before it. */
  handledLines = 0;
  private chunk: Chunk = [];
  private characters = 0;
  private lastLine = 0;

  constructor(
    private readonly sql: Sql,
    private readonly tenantId: string,
    private readonly region: string,
  ) {}

  async take(line: Line): Promise<void> {
    this.result.received++;
    this.lastLine = line.number;
    const parsed = parseLine(line, this.region);
    if ('error' in parsed) return this.refuse(parsed.error);
    this.chunk.push({ line: line.number, upsert: parsed.upsert });
    this.characters += line.text?.length ?? 0;
    if (this.chunk.length === CHUNK_LINES || this.characters > CHUNK_CHARACTERS) await this.flush();
  }

  async flush(): Promise<void> {
    const { chunk } = this;
    this.chunk = [];
    this.characters = 0;
    if (chunk.length > 0) await this.write(chunk);
    this.handledLines = this.lastLine;
  }

  private async write(chunk: Chunk): Promise<void> {
    const upserts = chunk.map(({ upsert }) => upsert);
    const outcomes = await applyUpserts(this.sql, this.tenantId, upserts, (_, applied) => Promise.resolve(applied));
    for (const [position, outcome] of outcomes.entries()) {
      if (outcome.result !== 'conflict') this.result[outcome.result]++;
      else this.refuse({ line: chunk[position]?.line ?? 0, path: '/identities', code: 'CONFLICT', message: conflictDetail(outcome.profileIds) });
    }
  }

  private refuse(error: LineError): void {
    this.result.failed++;
    if (this.result.errors.length < REPORTED_ERRORS) this.result.errors.push(error);
  }
}

/** Whether the caller went away before the end of its body. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE');
}

/** The first fault of the line, or its upsert. */
function parseLine({ number: line, text }: Line, region: string): { upsert: ProfileUpsert } | { error: LineError } {
  if (text === undefined) return { error: { line, path: '', code: 'LINE_TOO_LONG', message: `A line may have ${MAX_LINE_BYTES} bytes.` } };
  const body = parseJson(text);
  if (body === undefined) return { error: { line, path: '', code: 'INVALID_JSON', message: 'The line is not a JSON value.' } };
  const parsed = parseProfile(body.value, region);
  if ('upsert' in parsed) return parsed;
  const { path, code, message } = parsed.faults[0] ?? { path: '', code: 'INVALID_BODY', message: 'The line is not valid.' };
  return { error: { line, path, code, message } };
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
