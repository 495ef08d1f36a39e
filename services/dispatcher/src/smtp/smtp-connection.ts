/**
 * One SMTP session (RFC 5321) with PIPELINING (RFC 2920), STARTTLS (RFC 3207) and AUTH (RFC 4954).
 * Guarantee: `send` says exactly what can be known. A failure before the last byte of the mail has left this process is
 * `not-handed-over`; after it, and before the answer, it is `unknown`.
 * Limits: one recipient a mail; one mail at a time; every wait has a deadline.
 * Failure modes: after anything but a clean answer the session is closed and must not be used again.
 */
import type { Socket } from 'node:net';
import { authenticate } from './smtp-auth.js';
import { dial, encrypt, type SmtpServerSettings } from './smtp-dial.js';
import { ReplyParser, isPositive, type SmtpReply } from './smtp-reply.js';
import type { Envelope, SendResult } from './send-result.js';

export interface SmtpTimeouts {
  connectMs: number;
  commandMs: number;
  /** From the mail to its answer. Source: RFC 5321 §4.5.3.2 asks for minutes; a place is not kept that long. */
  dataMs: number;
}

export const SMTP_TIMEOUTS: SmtpTimeouts = { connectMs: 5_000, commandMs: 10_000, dataMs: 60_000 };

interface Wait {
  resolve: (reply: SmtpReply) => void;
  reject: (error: Error) => void;
}

export class SmtpConnection {
  private parser = new ReplyParser();
  private waits: Wait[] = [];
  private failure: Error | undefined;
  private extensions = new Set<string>();
  mailsSent = 0;

  private constructor(
    private socket: Socket,
    private readonly settings: SmtpServerSettings,
    private readonly timeouts: SmtpTimeouts,
  ) {}

  /** @throws when there is no session to be had: nobody listens, bad TLS, refused greeting, wrong credentials */
  static async open(settings: SmtpServerSettings, hostname: string, timeouts: SmtpTimeouts = SMTP_TIMEOUTS): Promise<SmtpConnection> {
    const socket = await dial(settings, timeouts.connectMs);
    const connection = new SmtpConnection(socket, settings, timeouts);
    connection.listen();
    try {
      await connection.expect('greeting', connection.reply(timeouts.commandMs));
      await connection.hello(hostname);
      if (settings.tls === 'starttls') await connection.upgrade(hostname);
      if (settings.username !== null) await authenticate({ username: settings.username, password: settings.password ?? '' }, connection.extensions, (line) => connection.command(line));
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  get isUsable(): boolean {
    return this.failure === undefined;
  }

  async send(envelope: Envelope): Promise<SendResult> {
    const startedAt = performance.now();
    const elapsed = (): number => Math.round(performance.now() - startedAt);
    try {
      const refusal = await this.announce(envelope);
      if (refusal) return { kind: 'refused', ...refusal, ms: elapsed() };
    } catch (error) {
      return { kind: 'not-handed-over', reason: reasonOf(error), isProviderDown: false };
    }
    return this.handOver(envelope, elapsed);
  }

  /** QUIT, without waiting for the answer; a server that does not close its side is hung up on. */
  close(): void {
    if (this.failure === undefined) {
      const { socket } = this;
      const hangUp = setTimeout(() => socket.destroy(), this.timeouts.commandMs).unref();
      socket.once('close', () => clearTimeout(hangUp)).end('QUIT\r\n');
    }
    this.fail(new Error('closed'));
  }

  destroy(): void {
    this.end(new Error('closed'));
  }

  /** MAIL, RCPT and DATA; in one write where the server pipelines. Answers the refusal, if it is one. */
  private async announce({ from, to }: Envelope): Promise<{ reply: SmtpReply; stage: 'sender' | 'recipient' | 'data' } | undefined> {
    const body = this.extensions.has('8BITMIME') ? ' BODY=8BITMIME' : '';
    const lines = [`MAIL FROM:<${from}>${body}`, `RCPT TO:<${to}>`, 'DATA'] as const;
    const stages = ['sender', 'recipient', 'data'] as const;
    if (!this.extensions.has('PIPELINING')) return this.announceStepwise(lines, stages);
    const waits = lines.map(() => this.reply(this.timeouts.commandMs));
    this.socket.write(`${lines.join('\r\n')}\r\n`);
    const replies = await Promise.all(waits.map((wait) => wait.catch(() => undefined)));
    const bad = replies.findIndex((reply) => reply && !isPositive(reply));
    if (bad < 0) return void (await Promise.all(waits));
    // A server that takes DATA although it refused the rest waits for a mail: an empty one ends that.
    const reply = replies[bad] as SmtpReply;
    await this.startOver(reply, replies[2]?.code === 354 ? '.' : 'RSET');
    return { reply, stage: stages[bad] ?? 'data' };
  }

  /** A refusal stands, whatever becomes of the session after it: some servers hang up. */
  private async startOver(refusal: SmtpReply, line: string): Promise<void> {
    if (refusal.code !== 421) await this.command(line).catch(() => undefined);
  }

  private async announceStepwise(lines: readonly string[], stages: readonly ('sender' | 'recipient' | 'data')[]) {
    for (const [index, line] of lines.entries()) {
      const reply = await this.command(line);
      if (isPositive(reply)) continue;
      await this.startOver(reply, 'RSET');
      return { reply, stage: stages[index] ?? ('data' as const) };
    }
    return undefined;
  }

  private async handOver(envelope: Envelope, elapsed: () => number): Promise<SendResult> {
    let hasLeft = false;
    try {
      const content = envelope.content(this.extensions.has('8BITMIME'));
      const answer = this.reply(this.timeouts.dataMs);
      this.socket.write(ended(dotStuffed(content)), 'utf8', (error) => (hasLeft ||= !error));
      const reply = await answer;
      // An answer to a mail that has not ended is none that the next one could be sent after.
      if (!hasLeft) this.destroy();
      this.mailsSent += 1;
      return isPositive(reply) ? { kind: 'sent', reply, ms: elapsed() } : { kind: 'refused', reply, stage: 'data', ms: elapsed() };
    } catch (error) {
      this.destroy();
      if (hasLeft) return { kind: 'unknown', reason: reasonOf(error), ms: elapsed() };
      return { kind: 'not-handed-over', reason: reasonOf(error), isProviderDown: false };
    }
  }

  private async hello(hostname: string): Promise<void> {
    const reply = await this.command(`EHLO ${hostname}`);
    if (!isPositive(reply)) {
      await this.expect('HELO', this.command(`HELO ${hostname}`));
      this.extensions = new Set();
      return;
    }
    this.extensions = new Set(reply.lines.slice(1).map((line) => line.trim().toUpperCase()));
    for (const line of this.extensions) if (line.includes(' ')) this.extensions.add(line.split(' ')[0] ?? '');
  }

  private async upgrade(hostname: string): Promise<void> {
    await this.expect('STARTTLS', this.command('STARTTLS'));
    const plain = this.socket;
    plain.removeAllListeners('data');
    // What a man in the middle sent before the handshake must not be read after it.
    this.parser = new ReplyParser();
    this.socket = await encrypt(plain, this.settings.host, this.timeouts.connectMs);
    this.listen();
    await this.hello(hostname);
  }

  private listen(): void {
    this.socket.setNoDelay(true);
    this.socket.setEncoding('latin1');
    this.socket.on('data', (chunk: string) => this.receive(chunk));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the server closed the connection')));
  }

  private receive(chunk: string): void {
    try {
      for (const reply of this.parser.push(chunk)) {
        const wait = this.waits.shift();
        if (wait) wait.resolve(reply);
        else this.end(new Error(`an unasked reply: ${reply.code}`));
      }
    } catch (error) {
      this.end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private end(error: Error): void {
    this.fail(error);
    this.socket.destroy();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const wait of this.waits.splice(0)) wait.reject(error);
  }

  private command(line: string): Promise<SmtpReply> {
    const reply = this.reply(this.timeouts.commandMs);
    this.socket.write(`${line}\r\n`);
    return reply;
  }

  private reply(timeoutMs: number): Promise<SmtpReply> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.end(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
      const settled = <T>(settle: (value: T) => void) => (value: T): void => {
        clearTimeout(timer);
        settle(value);
      };
      this.waits.push({ resolve: settled(resolve), reject: settled(reject) });
    });
  }

  private async expect(what: string, reply: Promise<SmtpReply>): Promise<void> {
    const { code, text } = await reply;
    if (code >= 400) throw new Error(`${what} was refused: ${code} ${text}`);
  }
}

/** With the line that ends a mail, and no empty one before it. */
const ended = (content: string): string => (content.endsWith('\r\n') ? `${content}.\r\n` : `${content}\r\n.\r\n`);

/** RFC 5321 §4.5.2. */
function dotStuffed(content: string): string {
  const stuffed = content.includes('\n.') ? content.replaceAll('\n.', '\n..') : content;
  return stuffed.startsWith('.') ? `.${stuffed}` : stuffed;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
