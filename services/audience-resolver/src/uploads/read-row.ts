import { normaliseIdentity, validateIdentity } from '@postrider/identity';
import { csvFields } from './csv-fields.js';
import type { CsvRow, CsvRowFault } from './csv-rows.js';
import type { UploadHeader } from './upload-header.js';

/** One row that is as it should be. */
export interface UploadRow {
  line: number;
  /** Normalised. */
  identity: string;
  /** A JSON object of texts; undefined where no other column has one. */
  attributes: string | undefined;
}

/** Why a row has no member, as the report says it: never with a value of the row. */
export interface UploadFault {
  line: number;
  /** Its name; empty where the whole row is meant. */
  column: string;
  code: CsvRowFault | 'INVALID_ENCODING' | 'MISSING_COLUMNS' | 'EXTRA_COLUMNS' | 'INVALID_IDENTITY' | 'INVALID_TEXT' | 'PROFILE_UNKNOWN';
  message: string;
}

/** How the rows of one upload are read. */
export interface RowFormat extends UploadHeader {
  delimiter: string;
  namespace: string;
  /** ISO 3166-1 alpha-2, for national phone numbers. */
  region: string;
}

/** Bytes of one row; a longer one is a failed row. */
export const MAX_ROW_BYTES = 1_048_576;

const ROW_FAULTS: Readonly<Record<CsvRowFault, string>> = {
  ROW_TOO_LONG: `The row has more than ${MAX_ROW_BYTES} bytes. Is a quote not closed?`,
  INVALID_QUOTE: 'A quoted field goes on after its closing quote. A quote inside one is written twice.',
  QUOTE_NOT_CLOSED: 'The file ends within a quoted field.',
};

export function readRow(row: CsvRow, format: RowFormat): UploadRow | UploadFault {
  const { line } = row;
  if (row.fault) return { line, column: '', code: row.fault, message: ROW_FAULTS[row.fault] };
  const split = csvFields(row.bytes, format.delimiter);
  if ('badField' in split) return { line, column: format.columns[split.badField] ?? '', code: 'INVALID_ENCODING', message: 'The bytes are not UTF-8.' };
  return countFault(line, split.fields, format.columns.length) ?? rowOf(line, split.fields, format);
}

/** Empty fields after the last column are what spreadsheets leave behind. */
function countFault(line: number, fields: readonly string[], columns: number): UploadFault | undefined {
  const message = `The row has ${fields.length} fields, and the header line ${columns}.`;
  if (fields.length < columns) return { line, column: '', code: 'MISSING_COLUMNS', message };
  if (fields.length === columns || fields.slice(columns).every((field) => field === '')) return undefined;
  return { line, column: '', code: 'EXTRA_COLUMNS', message };
}

function rowOf(line: number, fields: readonly string[], format: RowFormat): UploadRow | UploadFault {
  const { columns, identityAt, namespace, region } = format;
  const value = fields[identityAt] ?? '';
  const wrong = validateIdentity(value);
  if (wrong !== undefined) return { line, column: columns[identityAt] ?? '', code: 'INVALID_IDENTITY', message: wrong };
  const unstorable = fields.findIndex((field) => field.includes('\0'));
  if (unstorable >= 0) return { line, column: columns[unstorable] ?? '', code: 'INVALID_TEXT', message: 'The text contains a NUL character.' };
  return { line, identity: normaliseIdentity(namespace, value, region), attributes: attributesOf(fields, format) };
}

/** Written by hand: a column may have any name, `__proto__` too. */
function attributesOf(fields: readonly string[], { columns, identityAt }: RowFormat): string | undefined {
  let members = '';
  for (const [place, name] of columns.entries()) {
    const text = fields[place];
    if (place === identityAt || name === '' || text === undefined || text === '') continue;
    members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(text)}`;
  }
  return members === '' ? undefined : `{${members}}`;
}
