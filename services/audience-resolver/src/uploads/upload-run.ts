/**
 * Guarantee: each row is counted once, as a member, a duplicate or failed; of several rows for one profile the first decides
 * what its attributes are. A batch is looked up while the one before it is stored, and they are stored in their order.
 * Limits: two batches are looked up or stored at any time, each of 2,000 rows or 4 MiB, and the body waits for them.
 * Failure modes: the first error ends the run, after what is under way came to its end; nothing is written after that.
 */
import type { UploadQuery } from '@postrider/contracts';
import type { Sql } from '@postrider/database';
import type { CsvRow } from './csv-rows.js';
import type { ProfileCreatorClient } from './profile-creator.client.js';
import { readRow, type RowFormat, type UploadFault, type UploadRow } from './read-row.js';
import { findMembers, storeBatch, storeFaults, type UploadBatch } from './upload-statements.js';
import { UploadGivenUp } from './uploads.errors.js';

export interface RunSettings {
  uploadId: string;
  tenantId: string;
  unknownProfiles: UploadQuery['unknownProfiles'];
  format: RowFormat;
  /** Of the body so far. */
  bytesRead: () => number;
}

interface Batch {
  rows: UploadRow[];
  faults: UploadFault[];
  /** Of the rows that are held. */
  bytes: number;
}

const BATCH_ROWS = 2_000;
const BATCH_BYTES = 4_194_304;
const BATCHES_AT_ONCE = 2;
/** Faults that the report shows; all of them are counted. */
export const REPORTED_FAULTS = 100_000;

export class UploadRun {
  private batch: Batch = { rows: [], faults: [], bytes: 0 };
  private reported = 0;
  /** The last ones that were sent, the older first; each waits for the one before it. */
  private underWay: Promise<void>[] = [];

  constructor(
    private readonly sql: Sql,
    private readonly profileCreator: ProfileCreatorClient,
    private readonly settings: RunSettings,
  ) {}

  /** Stores all rows. */
  async take(rows: AsyncIterable<CsvRow[]>): Promise<void> {
    try {
      for await (const some of rows) for (const row of some) await this.add(row);
      await this.send();
      await Promise.all(this.underWay);
    } finally {
      await Promise.allSettled(this.underWay);
    }
  }

  private add(row: CsvRow): Promise<void> | undefined {
    const { batch } = this;
    const read = readRow(row, this.settings.format);
    if ('code' in read) batch.faults.push(read);
    else batch.rows.push(read);
    batch.bytes += row.bytes.length;
    const isFull = batch.rows.length + batch.faults.length >= BATCH_ROWS || batch.bytes > BATCH_BYTES;
    return isFull ? this.send() : undefined;
  }

  /** Hands the batch over, and waits while too many are under way. */
  private async send(): Promise<void> {
    const { batch } = this;
    this.batch = { rows: [], faults: [], bytes: 0 };
    const resolving = this.resolve(batch);
    const sent = this.storeAfter(this.underWay.at(-1), resolving);
    // Waited for below, or at the end; until then nobody listens.
    sent.catch(() => undefined);
    this.underWay.push(sent);
    if (this.underWay.length > BATCHES_AT_ONCE - 1) await this.underWay.shift();
  }

  private async storeAfter(former: Promise<void> | undefined, resolving: Promise<UploadBatch & { faults: UploadFault[] }>): Promise<void> {
    const [batch] = await Promise.all([resolving, former]);
    const { uploadId } = this.settings;
    const shown = batch.faults.slice(0, REPORTED_FAULTS - this.reported);
    this.reported += shown.length;
    await storeFaults(this.sql, uploadId, shown);
    if (!(await storeBatch(this.sql, uploadId, batch))) throw new UploadGivenUp();
  }

  private async resolve({ rows, faults }: Batch): Promise<UploadBatch & { faults: UploadFault[] }> {
    const bytes = this.settings.bytesRead();
    const { profileIds, created } = await this.profilesOf(rows);
    const members = new Map<string, { profileId: string; attributes: string | undefined }>();
    let identified = 0;
    for (const [place, { line, attributes }] of rows.entries()) {
      const profileId = profileIds[place];
      if (profileId === undefined) faults.push(unknownAt(line, this.settings.format));
      else identified++;
      if (profileId !== undefined && !members.has(profileId)) members.set(profileId, { profileId, attributes });
    }
    const counts = { rows: identified + faults.length, failedRows: faults.length, profilesCreated: created, identified };
    return { ...counts, bytes, members: [...members.values()], faults };
  }

  private async profilesOf(rows: readonly UploadRow[]): Promise<{ profileIds: (string | undefined)[]; created: number }> {
    const { tenantId, unknownProfiles, format } = this.settings;
    const { namespace } = format;
    const profileIds = await findMembers(this.sql, tenantId, namespace, rows.map(({ identity }) => identity));
    const unknown = [...new Set(rows.flatMap(({ identity }, place) => (profileIds[place] === undefined ? [identity] : [])))];
    if (unknownProfiles === 'refuse' || unknown.length === 0) return { profileIds, created: 0 };
    const made = await this.profileCreator.identify({ tenantId, namespace, values: unknown });
    const idOf = new Map(unknown.map((identity, place) => [identity, made.profileIds[place]]));
    return { profileIds: rows.map(({ identity }, place) => profileIds[place] ?? idOf.get(identity)), created: made.created };
  }
}

function unknownAt(line: number, { columns, identityAt }: RowFormat): UploadFault {
  return { line, column: columns[identityAt] ?? '', code: 'PROFILE_UNKNOWN', message: 'No profile has this identity.' };
}
