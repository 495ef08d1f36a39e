import { isUtf8 } from 'node:buffer';
import { QUOTE } from './csv-dialect.js';

/** The fields of a row, or the place of the first one whose bytes are not UTF-8. */
export type CsvFields = { fields: string[] } | { badField: number };

/** Takes a row apart whose quotes are in order, as `csvRows` gives it. */
export function csvFields(row: Buffer, delimiter: string): CsvFields {
  if (!isUtf8(row)) return { badField: split(row.toString('latin1'), delimiter, row.includes(QUOTE)).findIndex((field) => !isUtf8(Buffer.from(field, 'latin1'))) };
  return { fields: split(row.toString('utf8'), delimiter, row.includes(QUOTE)) };
}

function split(text: string, delimiter: string, hasQuotes: boolean): string[] {
  return hasQuotes ? splitQuoted(text, delimiter) : text.split(delimiter);
}

function splitQuoted(text: string, delimiter: string): string[] {
  const fields: string[] = [];
  for (let start = 0; ; ) {
    const closing = text[start] === '"' ? closingQuote(text, start + 1) : undefined;
    const end = text.indexOf(delimiter, closing ?? start);
    const field = closing === undefined ? text.slice(start, end < 0 ? undefined : end) : text.slice(start + 1, closing).replaceAll('""', '"');
    fields.push(field);
    if (end < 0) return fields;
    start = end + 1;
  }
}

/** The quote that ends a field: the first that is not one of two. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at < 0 ? text.length : at;
}
