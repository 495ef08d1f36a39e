/**
 * A channel configuration's mails: what is the same for all of them is made once, the rest is put in between.
 * Guarantee: headers cannot be injected; lines end with CRLF and have at most 998 characters; a mail for a server that takes
 * no 8-bit has none. What is between the parts is drawn anew for each mail, so that no value can know it and end a part. The
 * Message-ID is the messageId, so that a mail tells which message it is, also when it comes back.
 */
import { randomUUID } from 'node:crypto';
import type { ChannelConfiguration } from '@postrider/contracts';
import type { RenderedEmail } from '@postrider/content';
import { headerAddress, headerMailbox, headerText } from './encode-header.js';

export interface MailFacts {
  messageId: string;
  to: string;
  date: Date;
}

const MAX_LINE = 998;
const BASE64_LINE = /.{1,76}/g;
const ANY_LINE_END = /\r\n|\r|\n/g;
const CR = 13;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export class MailTemplate {
  readonly from: string;
  private readonly head: string;
  private readonly domain: string;

  constructor({ email }: ChannelConfiguration) {
    this.from = headerAddress(email.fromAddress);
    this.domain = this.from.slice(this.from.lastIndexOf('@') + 1);
    const replyTo = email.replyTo === null ? '' : `Reply-To: <${headerAddress(email.replyTo)}>\r\n`;
    this.head =
      `From: ${headerMailbox(email.fromName, this.from)}\r\n${replyTo}` +
      'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=';
  }

  compose({ subject, html, text, listUnsubscribe }: RenderedEmail, { messageId, to, date }: MailFacts, takes8Bit: boolean): string {
    const boundary = `=_${randomUUID()}`;
    return (
      `Message-ID: <${messageId}@${this.domain}>\r\nDate: ${rfc5322Date(date)}\r\nTo: <${to}>\r\nSubject: ${headerText(subject)}\r\n` +
      `${unsubscribeHeaders(listUnsubscribe)}${this.head}"${boundary}"\r\n\r\n` +
      `--${boundary}\r\n${part('text/plain', text, takes8Bit)}\r\n--${boundary}\r\n${part('text/html', html, takes8Bit)}\r\n--${boundary}--\r\n`
    );
  }
}

function part(type: string, body: string, takes8Bit: boolean): string {
  const lines = hasOtherLineEnds(body) ? body.replace(ANY_LINE_END, '\r\n') : body;
  const encoding = encodingOf(lines, takes8Bit);
  const content = encoding === 'base64' ? (Buffer.from(lines).toString('base64').match(BASE64_LINE) ?? []).join('\r\n') : lines;
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${content}`;
}

function encodingOf(body: string, takes8Bit: boolean): '7bit' | '8bit' | 'base64' {
  if (hasLongLine(body)) return 'base64';
  // A text whose bytes are as many as its characters has no byte above 127.
  if (Buffer.byteLength(body) === body.length) return '7bit';
  return takes8Bit ? '8bit' : 'base64';
}

/** Whether a line ends otherwise than with CRLF. Searching is native; a pattern over all of a mail would be many times slower. */
function hasOtherLineEnds(body: string): boolean {
  let pairs = 0;
  for (let end = body.indexOf('\n'); end >= 0; end = body.indexOf('\n', end + 1)) {
    if (body.charCodeAt(end - 1) !== CR) return true;
    pairs += 1;
  }
  for (let at = body.indexOf('\r'); at >= 0; at = body.indexOf('\r', at + 1)) pairs -= 1;
  return pairs !== 0;
}

/** Characters are up to three bytes each, so only lines of over a third of the limit are measured. */
function hasLongLine(body: string): boolean {
  let start = 0;
  for (let end = body.indexOf('\n'); end >= 0; end = body.indexOf('\n', start)) {
    if (end - start > MAX_LINE / 3 && Buffer.byteLength(body.slice(start, end)) > MAX_LINE) return true;
    start = end + 1;
  }
  return Buffer.byteLength(body.slice(start)) > MAX_LINE;
}

/** One-click unsubscribing (RFC 8058) where the address is a web page. */
function unsubscribeHeaders(target: string | null): string {
  if (target === null || /[<>\s]/.test(target)) return '';
  const oneClick = target.startsWith('https://') ? 'List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n' : '';
  return `List-Unsubscribe: <${target}>\r\n${oneClick}`;
}

function rfc5322Date(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${DAYS[date.getUTCDay()]}, ${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} ${time} +0000`;
}
