import { isWellFormedEmail } from '@postrider/identity';
import { csvFields } from './csv-fields.js';
import { UnreadableCsv, UnsuitableHeader } from './uploads.errors.js';

/** What the header line says about every row. */
export interface UploadHeader {
  /** Trimmed; an empty one is a column that is left out. */
  columns: string[];
  /** The place of the column with the identity. */
  identityAt: number;
}

const MAX_COLUMNS = 1_000;
const MAX_NAME_CHARACTERS = 200;
const PHONE_NUMBER = /^\+?[\d ().-]{6,}$/;

/**
 * @param wanted the column with the identity; by default the one that is named like the namespace, else the first
 * @throws UnsuitableHeader naming the columns that there are, UnreadableCsv
 */
export function readHeader(row: Buffer | undefined, delimiter: string, wanted: string | undefined, namespace: string): UploadHeader {
  if (!row) throw new UnreadableCsv('The file is empty. Its first line must name the columns.');
  const split = csvFields(row, delimiter);
  if ('badField' in split) throw new UnreadableCsv('The header line is not UTF-8. Save the file as UTF-8.');
  const columns = split.fields.map((name) => name.trim());
  checkNames(columns);
  return { columns, identityAt: wanted === undefined ? defaultColumn(columns, namespace) : namedColumn(columns, wanted) };
}

function checkNames(columns: readonly string[]): void {
  const names = columns.filter((name) => name !== '');
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (columns.length > MAX_COLUMNS) throw new UnreadableCsv(`The header line has more than ${MAX_COLUMNS} columns.`);
  if (names.some((name) => name.length > MAX_NAME_CHARACTERS || name.includes('\0'))) {
    throw new UnreadableCsv(`A column's name has more than ${MAX_NAME_CHARACTERS} characters, or a NUL character. Is there a header line?`);
  }
  if (twice !== undefined) throw new UnsuitableHeader({ path: '', code: 'DUPLICATE_COLUMN', message: `The column "${twice}" is there twice.` }, columns);
}

function namedColumn(columns: readonly string[], wanted: string): number {
  const name = wanted.trim();
  const exact = columns.indexOf(name);
  const place = exact >= 0 ? exact : placeOf(columns, name);
  if (place >= 0) return place;
  const message = `There is no column "${name}". The file has: ${columns.map((column) => `"${column}"`).join(', ')}.`;
  throw new UnsuitableHeader({ path: '/column', code: 'UNKNOWN_COLUMN', message }, columns);
}

function defaultColumn(columns: readonly string[], namespace: string): number {
  const place = Math.max(0, placeOf(columns, namespace));
  const name = columns[place] ?? '';
  if (isWellFormedEmail(name) || PHONE_NUMBER.test(name)) {
    throw new UnsuitableHeader({ path: '', code: 'MISSING_HEADER', message: 'The first line looks like a person. It must name the columns.' }, []);
  }
  return place;
}

function placeOf(columns: readonly string[], name: string): number {
  const lower = name.toLowerCase();
  return columns.findIndex((column) => column.toLowerCase() === lower);
}
