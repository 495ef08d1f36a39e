/** A server's reply (RFC 5321 §4.2), with its enhanced status code (RFC 3463) where it gave one. */
export interface SmtpReply {
  code: number;
  /** e.g. `5.1.1`; null without one. */
  enhanced: string | null;
  /** Lines of text, joined with spaces. */
  text: string;
  lines: readonly string[];
}

const LINE = /^(\d{3})([ -]?)(.*)$/;
const ENHANCED = /^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/;
const MAX_REPLY_CHARACTERS = 16_384;

/** Splits what a server says into replies. @throws on what is no reply, or an endless one */
export class ReplyParser {
  private buffer = '';
  private lines: string[] = [];

  /** The replies that these bytes complete. */
  push(chunk: string): SmtpReply[] {
    this.buffer += chunk;
    const replies: SmtpReply[] = [];
    for (let end = this.buffer.indexOf('\n'); end >= 0; end = this.buffer.indexOf('\n')) {
      const line = this.buffer.slice(0, end).replace(/\r$/, '');
      this.buffer = this.buffer.slice(end + 1);
      const reply = this.take(line);
      if (reply) replies.push(reply);
    }
    if (this.buffer.length + this.lines.join('').length > MAX_REPLY_CHARACTERS) throw new Error('The reply does not end.');
    return replies;
  }

  private take(line: string): SmtpReply | undefined {
    const [, code, separator, text = ''] = LINE.exec(line) ?? [];
    if (code === undefined) throw new Error(`Not an SMTP reply: ${line.slice(0, 80)}`);
    this.lines.push(text);
    if (separator === '-') return undefined;
    const lines = this.lines;
    this.lines = [];
    return { code: Number(code), enhanced: ENHANCED.exec(lines[0] ?? '')?.[1] ?? null, text: lines.join(' '), lines };
  }
}

export const isPositive = ({ code }: SmtpReply): boolean => code >= 200 && code < 400;
export const isPermanent = ({ code }: SmtpReply): boolean => code >= 500;
