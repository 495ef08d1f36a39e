import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@postrider/local-stack';
import { simpleParser } from 'mailparser';

export interface Mail {
  messageId: string;
  to: string;
  subject: string;
  text: string;
}

const EXCERPT_LINES = 6;
const DEADLINE_MS = 30_000;

/** The mails of these messages, in their order, once all are in the folder. @throws when one is missing */
export async function arrivedMails(folder: string, messageIds: readonly string[], since: Date): Promise<Mail[]> {
  const found = new Map<string, Mail>();
  const seen = new Set<string>();
  await waitUntil('All mails', async () => {
    for (const file of filesSince(folder, since).filter((name) => !seen.has(name))) {
      const mail = await read(readFileSync(join(folder, file)));
      seen.add(file);
      if (messageIds.includes(mail.messageId)) found.set(mail.messageId, mail);
    }
    if (found.size < messageIds.length) throw new Error(`${found.size} of ${messageIds.length} mails arrived`);
  }, DEADLINE_MS);
  return messageIds.flatMap((id) => found.get(id) ?? []);
}

/** Names begin with the milliseconds of arrival. */
function filesSince(folder: string, since: Date): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((file) => file.endsWith('.eml') && Number.parseInt(file, 10) >= since.getTime());
}

/** Message-IDs are `<messageId@domain>`. */
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
