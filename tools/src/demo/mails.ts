import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';

export interface Mail {
  messageId: string;
  to: string;
  subject: string;
  text: string;
}

const EXCERPT_LINES = 6;

/** The mails of a folder whose Message-ID begins with one of the ids. */
export async function mailsOf(folder: string, messageIds: readonly string[]): Promise<Mail[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.eml'));
  const mails = await Promise.all(files.map(async (file) => read(readFileSync(join(folder, file)))));
  return mails.filter((mail) => messageIds.includes(mail.messageId));
}

async function read(raw: Buffer): Promise<Mail> {
  const mail = await simpleParser(raw);
  const to = Array.isArray(mail.to) ? mail.to[0] : mail.to;
  return {
    messageId: /^<([^@>]+)/.exec(mail.messageId ?? '')?.[1] ?? '',
    to: to?.text ?? '',
    subject: mail.subject ?? '',
    text: (mail.text ?? '').trim().split('\n').slice(0, EXCERPT_LINES).join('\n'),
  };
}
