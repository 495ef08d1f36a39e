/**
 * Guarantee: the rows of RFC 4180 with its quotes, in constant memory: never more than one chunk and `maxBytes` of a row,
 * however long a row is. A row that is too long, or whose quotes make no sense, is one row with a fault, and the next one is
 * read as if nothing had been.
 * Limits: blank lines are left out. A quote that is never closed takes everything up to the next quote with it.
 */
import { CR, LF, QUOTE, type CsvDialect } from './csv-dialect.js';

export interface CsvRow {
  /** Of its beginning, from 1; quoted line ends count. */
  line: number;
  /** Without its end; empty where there is a fault. */
  bytes: Buffer;
  fault?: CsvRowFault;
}

export type CsvRowFault = 'ROW_TOO_LONG' | 'INVALID_QUOTE' | 'QUOTE_NOT_CLOSED';

const NOTHING = Buffer.alloc(0);

/** States: at the beginning of a field, in a bare one, in a quoted one, after a quote in it, in a broken row, at the end of a row. */
const [START, BARE, QUOTED, CLOSING, BROKEN, END] = [0, 1, 2, 3, 4, 5] as const;
/** Kinds of bytes, which are the columns of the table. */
const [OTHER, IS_QUOTE, IS_DELIMITER, IS_END, IS_RETURN] = [0, 1, 2, 3, 4] as const;
const KINDS = 5;
const TRANSITIONS = Uint8Array.from([
  ...[BARE, QUOTED, START, END, BARE], // START
  ...[BARE, BARE, START, END, BARE], // BARE: a quote inside is a character like others
  ...[QUOTED, CLOSING, QUOTED, QUOTED, QUOTED], // QUOTED
  ...[BROKEN, QUOTED, START, END, CLOSING], // CLOSING: two quotes are one in the text
  ...[BROKEN, BROKEN, BROKEN, END, BROKEN], // BROKEN: up to the end of the line
]);

/** The rows that end in each chunk of a byte stream. */
export async function* csvRows(chunks: AsyncIterable<Uint8Array>, dialect: CsvDialect, maxBytes: number): AsyncGenerator<CsvRow[]> {
  const scanner = new CsvScanner(dialect, maxBytes);
  for await (const chunk of chunks) {
    const rows = scanner.take(chunk);
    if (rows.length > 0) yield rows;
  }
  const rows = scanner.end();
  if (rows.length > 0) yield rows;
}

class CsvScanner {
  private readonly kinds = new Uint8Array(256).fill(OTHER);
  private state: number = START;
  private rows: CsvRow[] = [];
  /** Of the row that is being read: its first line, the lines ended so far, and what earlier chunks had of it. */
  private firstLine = 1;
  private line = 1;
  private parts: Uint8Array[] = [];
  private bytes = 0;

  constructor(
    private readonly dialect: CsvDialect,
    private readonly maxBytes: number,
  ) {
    this.kinds[CR] = IS_RETURN;
    this.kinds[QUOTE] = IS_QUOTE;
    this.kinds[dialect.delimiter.charCodeAt(0)] = IS_DELIMITER;
    this.kinds[dialect.rowEnd] = IS_END;
  }

  take(chunk: Uint8Array): CsvRow[] {
    const { kinds } = this;
    let { state } = this;
    let start = 0;
    for (let position = 0; position < chunk.length; position++) {
      const kind = kinds[chunk[position] as number] as number;
      const next = TRANSITIONS[state * KINDS + kind] as number;
      if (kind === IS_END) this.line++;
      if (next !== END) {
        state = next;
        continue;
      }
      this.keep(chunk.subarray(start, position));
      this.complete(state === BROKEN ? 'INVALID_QUOTE' : undefined);
      state = START;
      start = position + 1;
    }
    this.keep(chunk.subarray(start));
    this.state = state;
    return this.taken();
  }

  end(): CsvRow[] {
    this.complete(this.state === QUOTED ? 'QUOTE_NOT_CLOSED' : this.state === BROKEN ? 'INVALID_QUOTE' : undefined);
    return this.taken();
  }

  private taken(): CsvRow[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  private keep(part: Uint8Array): void {
    this.bytes += part.length;
    if (this.bytes > this.maxBytes) this.parts = [];
    else if (part.length > 0) this.parts.push(part);
  }

  private complete(fault: CsvRowFault | undefined): void {
    const found = this.bytes > this.maxBytes ? 'ROW_TOO_LONG' : fault;
    const bytes = found === undefined ? this.text() : NOTHING;
    if (found !== undefined) this.rows.push({ line: this.firstLine, bytes, fault: found });
    else if (bytes.length > 0) this.rows.push({ line: this.firstLine, bytes });
    this.firstLine = this.line;
    this.parts = [];
    this.bytes = 0;
  }

  private text(): Buffer {
    const [first] = this.parts;
    const bytes = first !== undefined && this.parts.length === 1 ? Buffer.from(first.buffer, first.byteOffset, first.byteLength) : Buffer.concat(this.parts);
    return this.dialect.rowEnd === LF && bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
  }
}
