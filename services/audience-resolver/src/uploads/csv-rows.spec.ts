import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { readHead } from './csv-dialect.js';
import { csvFields } from './csv-fields.js';
import { csvRows, type CsvRow } from './csv-rows.js';
import { UnreadableCsv } from './uploads.errors.js';

interface ReadCsv {
  delimiter: string;
  rows: CsvRow[];
  /** Of the rows without a fault. */
  fields: string[][];
}

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function* after(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

async function read(content: Uint8Array | string, chunkSize = 7, maxBytes = 1_000): Promise<ReadCsv> {
  const chunks = inChunks(Buffer.from(content), chunkSize);
  const { dialect, bytes } = await readHead(chunks);
  const rows: CsvRow[] = [];
  for await (const some of csvRows(after(bytes, chunks), dialect, maxBytes)) rows.push(...some);
  const fields = rows.filter((row) => !row.fault).map((row) => csvFields(row.bytes, dialect.delimiter));
  return { delimiter: dialect.delimiter, rows, fields: fields.map((one) => ('fields' in one ? one.fields : [`bad field ${one.badField}`])) };
}

describe(csvRows.name, () => {
  it.each([1, 2, 3, 5, 1_000])('reads quotes, with delimiters, line ends and quotes inside, from chunks of %i bytes', async (chunkSize) => {
    const { fields, rows } = await read('email,note\r\na@x.test,"one, ""two""\r\nthree"\r\n"b@x.test",\r\n\r\nc@x.test,5" disk\r\n', chunkSize);

    expect(fields).toEqual([['email', 'note'], ['a@x.test', 'one, "two"\r\nthree'], ['b@x.test', ''], ['c@x.test', '5" disk']]);
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 4, 6]);
  });

  it.each([
    [',', 'email,a;b\nx@x.test,1\n'],
    [';', 'email;"a,b,c";d\nx@x.test;1;2\n'],
    ['\t', 'email\ta\tb,c\nx@x.test\t1\t2\n'],
    [',', 'email\nx@x.test\n'],
  ])('takes the delimiter %j from the header line', async (delimiter, content) => {
    expect((await read(content)).delimiter).toBe(delimiter);
  });

  it.each([1, 2, 1_000])('drops a byte order mark, in chunks of %i bytes', async (chunkSize) => {
    expect((await read('\ufeffemail;name\nx@x.test;Åsa\n', chunkSize)).fields).toEqual([['email', 'name'], ['x@x.test', 'Åsa']]);
  });

  it.each(['\n', '\r\n', '\r'])('reads lines that end in %j, with and without the last one', async (end) => {
    const lines = ['email,name', 'a@x.test,"A"', 'b@x.test,B'];
    const expected = [['email', 'name'], ['a@x.test', 'A'], ['b@x.test', 'B']];

    expect((await read(lines.join(end), 3)).fields).toEqual(expected);
    expect((await read(lines.join(end) + end, 3)).fields).toEqual(expected);
    expect((await read(end + end + lines.join(end), 3)).fields).toEqual(expected);
  });

  it('makes one fault of a row that is too long, and holds none of it', async () => {
    const { rows, fields } = await read(`email,note\na@x.test,${'x'.repeat(5_000)}\n"b","${'y\n'.repeat(3_000)}"\nc@x.test,z\n`, 64, 100);

    expect(rows.map(({ line, fault }) => [line, fault])).toEqual([[1, undefined], [2, 'ROW_TOO_LONG'], [3, 'ROW_TOO_LONG'], [3_004, undefined]]);
    expect(fields).toEqual([['email', 'note'], ['c@x.test', 'z']]);
  });

  it('makes one fault of a row whose quotes make no sense, and goes on with the next line', async () => {
    const { rows } = await read('email,note\na@x.test,"b"c,"d\nb@x.test,e\n');

    expect(rows.map(({ line, fault }) => [line, fault])).toEqual([[1, undefined], [2, 'INVALID_QUOTE'], [3, undefined]]);
  });

  it('tells a quote that is not closed', async () => {
    const { rows } = await read('email,note\na@x.test,"b\nb@x.test,e\n');

    expect(rows.map(({ line, fault }) => [line, fault])).toEqual([[1, undefined], [2, 'QUOTE_NOT_CLOSED']]);
  });

  it('tells which field is not UTF-8', async () => {
    const { fields } = await read(Buffer.concat([Buffer.from('email,"a\n",note\nx@x.test,"1",'), Buffer.from([0xe5, 0x73, 0x61]), Buffer.from('\n')]));

    expect(fields[1]).toEqual(['bad field 2']);
  });

  it.each([
    ['of UTF-16', Buffer.from('\ufeffemail\n', 'utf16le')],
    ['with a header line without an end', 'x'.repeat(70_000)],
  ])('refuses a file %s', async (_, content) => {
    await expect(read(content, 1_000)).rejects.toThrow(UnreadableCsv);
  });

  it('reads no row from nothing', async () => {
    expect((await read('')).rows).toEqual([]);
  });

  it('reads what csv-parse reads, however it is cut into chunks', async () => {
    const field = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.stringMatching(/^[a",;\t\r\n ]{0,6}$/));
    const quoted = (text: string): string => (/[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    // A quoted empty field is not a blank line.
    const lineOf = (fields: string[]): string => (fields.join('') === '' ? '""' + ','.repeat(fields.length - 1) : fields.map(quoted).join(','));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), fc.constantFrom('\n', '\r\n'), async (table, chunkSize, end) => {
        const content = [['name', 'other', 'third', 'fourth', 'fifth'], ...table].map(lineOf).join(end);

        const { fields } = await read(content, chunkSize, 10_000);

        expect(fields).toEqual(parse(content, { relax_column_count: true, record_delimiter: [end], skip_empty_lines: true }));
      }),
      { numRuns: 300 },
    );
  });
});
