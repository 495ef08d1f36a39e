import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface SmtpReply {
  code: number;
  /** All lines, without their codes. */
  text: string;
}

/** One or several lines that begin with the same three digits; the last has a blank after them (RFC 5321 §4.2.1). */
const REPLY = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r?\n/;
const REPLY_MAX = 65_536;

/** One connection to an SMTP server, a command and its reply at a time. */
export class SmtpSession {
  private buffered = '';
  private failure: Error | undefined;
  private wake: (() => void) | undefined;

  private constructor(private socket: Socket) {
    this.listen(socket);
  }

  /** Rejects with the error of the network or of TLS; the certificate must be valid for the host. */
  static async connect(host: string, port: number, implicitTls: boolean, signal: AbortSignal): Promise<SmtpSession> {
    const socket = implicitTls ? connectTls({ port, ...nameOf(host) }) : connectTcp({ host, port });
    signal.addEventListener('abort', () => socket.destroy(new Error('no answer in time')), { once: true });
    await opened(socket, implicitTls ? 'secureConnect' : 'connect');
    return new SmtpSession(socket);
  }

  async command(line: string): Promise<SmtpReply> {
    this.socket.write(`${line}\r\n`);
    return this.reply();
  }

  async reply(): Promise<SmtpReply> {
    for (;;) {
      const match = REPLY.exec(this.buffered);
      if (match) {
        this.buffered = this.buffered.slice(match[0].length);
        return { code: Number(match[1]), text: match[0].trim().split(/\r?\n/).map((line) => line.slice(4)).join('\n') };
      }
      if (this.failure) throw this.failure;
      if (this.buffered.length > REPLY_MAX) throw new Error('the answer has no end');
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** After the server's 220 to STARTTLS. What it sent in clear text before that is refused, not carried over. */
  async encrypt(host: string): Promise<void> {
    if (this.buffered !== '') throw new Error('the server went on in clear text after STARTTLS');
    this.socket.removeAllListeners('data');
    const secured = connectTls({ socket: this.socket, ...nameOf(host) });
    await opened(secured, 'secureConnect');
    this.socket = secured;
    this.listen(secured);
  }

  /** Says goodbye and does not wait for the answer. */
  close(): void {
    if (this.socket.writable) this.socket.write('QUIT\r\n');
    this.socket.destroySoon();
  }

  private listen(socket: Socket): void {
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.notice(() => (this.buffered += chunk)));
    socket.on('error', (error) => this.notice(() => (this.failure = error)));
    socket.on('close', () => this.notice(() => (this.failure ??= new Error('the server closed the connection'))));
  }

  private notice(change: () => void): void {
    change();
    this.wake?.();
  }
}

/** An address has no name that could be asked for (RFC 6066 §3). */
const nameOf = (host: string): { servername?: string; host: string } => (isIP(host) === 0 ? { servername: host, host } : { host });

async function opened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the server closed the connection')));
    socket.once(event, () => {
      socket.removeListener('error', reject);
      resolve();
    });
  });
}
