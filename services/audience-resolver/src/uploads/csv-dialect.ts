import { UnreadableCsv } from './uploads.errors.js';

/** How a file of separated values is written, as its first line shows. */
export interface CsvDialect {
  /** A comma, a semicolon or a tab. */
  delimiter: string;
  /** The byte that ends a row: a line feed (with or without a carriage return before it), or the carriage return of old Macs. */
  rowEnd: number;
}

export interface CsvHead {
  dialect: CsvDialect;
  /** What was read so far, without a byte order mark; it begins with the header line. */
  bytes: Buffer;
}

export const LF = 0x0a;
export const CR = 0x0d;
export const QUOTE = 0x22;
const MAX_HEADER_BYTES = 65_536;
/** In the order in which they are preferred where none is there more often. */
const DELIMITERS = [',', ';', '\t'] as const;
const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/** Reads the beginning, up to the end of the header line, and leaves the rest in the iterator. @throws UnreadableCsv */
export async function readHead(chunks: AsyncIterator<Uint8Array>): Promise<CsvHead> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const next = await chunks.next();
    if (!next.done) bytes = Buffer.concat([bytes, next.value]);
    const end = endOfLine(bytes, next.done === true);
    if (end !== undefined) return headOf(bytes, end);
    if (bytes.length > MAX_HEADER_BYTES) throw new UnreadableCsv('The header line has more than 64 KiB, or a quote in it is not closed.');
  }
}

function headOf(bytes: Buffer, end: number): CsvHead {
  if (UTF16_MARKS.some((mark) => bytes.subarray(0, 2).equals(mark))) throw new UnreadableCsv('The file is UTF-16. Save it as UTF-8.');
  const start = bytes.subarray(0, 3).equals(UTF8_MARK) ? UTF8_MARK.length : 0;
  const header = bytes.subarray(start, end);
  // The end of a file of one line counts as a line feed.
  return { dialect: { delimiter: delimiterOf(header), rowEnd: bytes[end] === CR ? CR : LF }, bytes: bytes.subarray(start) };
}

/** Where the first line that is not blank ends; undefined where more has to be read to know. */
function endOfLine(bytes: Buffer, isAll: boolean): number | undefined {
  const end = firstBareEnd(bytes);
  if (end === undefined) return isAll ? bytes.length : undefined;
  if (bytes[end] === LF) return end;
  // A carriage return is followed by a line feed, or it is the end itself: the next byte tells.
  if (end + 1 === bytes.length && !isAll) return undefined;
  return bytes[end + 1] === LF ? end + 1 : end;
}

/** The first end of a line outside of quotes, and after something else. */
function firstBareEnd(bytes: Buffer): number | undefined {
  let isQuoted = false;
  let hasText = false;
  for (const [position, byte] of bytes.entries()) {
    if (byte === QUOTE) isQuoted = !isQuoted;
    const isEnd = byte === LF || byte === CR;
    if (isEnd && hasText && !isQuoted) return position;
    hasText ||= !isEnd;
  }
  return undefined;
}

function delimiterOf(header: Buffer): string {
  const counts = new Map<string, number>(DELIMITERS.map((delimiter) => [delimiter, 0]));
  let isQuoted = false;
  for (const character of header.toString('latin1')) {
    if (character === '"') isQuoted = !isQuoted;
    const count = counts.get(character);
    if (count !== undefined && !isQuoted) counts.set(character, count + 1);
  }
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
