import { mkdirSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ParsedMail } from 'mailparser';

/** A mail that the sink took. */
export interface ReceivedMail {
  /** Counts from 1 in order of arrival. */
  number: number;
  from: string;
  /** Recipients of the envelope. */
  to: string[];
  /** As it came, without the envelope. */
  raw: Buffer;
  receivedAt: Date;
  /** False when the connection was dropped in place of the answer. */
  acknowledged: boolean;
  /** Where it was written; undefined without a folder. */
  file: string | undefined;
  /** Headers, bodies and attachments, parsed when asked for. */
  parse(): Promise<ParsedMail>;
}

export async function parseMail(raw: Buffer): Promise<ParsedMail> {
  const { simpleParser } = await import('mailparser');
  return simpleParser(raw);
}

/**
 * Writes each mail as one `.eml` whose first lines say the envelope: `X-Envelope-From`, `X-Envelope-To`.
 * A file appears under its name only when it is whole. Names sort by time of arrival, also over restarts.
 */
export class MailFolder {
  private written = 0;

  constructor(private readonly path: string) {
    mkdirSync(path, { recursive: true });
  }

  /** @returns the file's path */
  async add(from: string, to: readonly string[], raw: Buffer): Promise<string> {
    const name = `${Date.now()}-${process.pid}-${String(++this.written).padStart(7, '0')}.eml`;
    const envelope = `X-Envelope-From: <${from}>\r\n${to.map((address) => `X-Envelope-To: <${address}>\r\n`).join('')}`;
    const file = join(this.path, name);
    await writeFile(`${file}.part`, Buffer.concat([Buffer.from(envelope), raw]));
    await rename(`${file}.part`, file);
    return file;
  }
}
