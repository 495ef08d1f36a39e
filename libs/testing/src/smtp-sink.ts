import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { MailFolder, parseMail, type ReceivedMail } from './received-mail.js';
import type { SmtpBehaviour, SmtpReply } from './smtp-behaviour.js';

export interface SmtpSinkOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Every mail is in there as a file before the client has its answer. */
  mailFolder?: string;
  /** False for a sink that runs for long: mails are in the folder alone. */
  keepInMemory?: boolean;
  behaviour?: SmtpBehaviour;
}

/** A real SMTP server (RFC 5321, no TLS, any credentials) that keeps what it is given and misbehaves when told to. */
export class SmtpSink {
  /** How clients are treated from now on. */
  behaviour: SmtpBehaviour;
  private readonly received: ReceivedMail[] = [];
  private readonly folder: MailFolder | undefined;
  private readonly keepInMemory: boolean;
  private readonly attempts = new Map<string, number>();
  private readonly sockets = new Map<number, Socket>();
  private server: SMTPServer | undefined;
  private listeningOn: number;

  private constructor(options: SmtpSinkOptions) {
    this.behaviour = options.behaviour ?? {};
    this.listeningOn = options.port ?? 0;
    this.keepInMemory = options.keepInMemory ?? true;
    this.folder = options.mailFolder === undefined ? undefined : new MailFolder(options.mailFolder);
  }

  static async start(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
    const sink = new SmtpSink(options);
    await sink.resume();
    return sink;
  }

  get port(): number {
    return this.listeningOn;
  }

  /** Every mail taken, in order of arrival. */
  mails(): readonly ReceivedMail[] {
    return this.received;
  }

  /** The mails whose envelope names this address. */
  mailsTo(address: string): ReceivedMail[] {
    return this.received.filter((mail) => mail.to.includes(address));
  }

  /** Connections that are open now. */
  openConnections(): number {
    return this.sockets.size;
  }

  /** Hangs up on everybody and does not listen any more: clients see ECONNREFUSED. The mails stay. */
  async pause(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    for (const socket of this.sockets.values()) socket.destroy();
    if (server) await new Promise<void>((done) => server.close(done));
  }

  /** Listens again on the same port. */
  async resume(): Promise<void> {
    if (this.server) return;
    const server = new SMTPServer({
      authOptional: true,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      onAuth: (_auth, _session, done) => done(null, { user: 'anyone' }),
      onConnect: (_session, done) => done(this.behaviour.refuseConnections ? errorOf({ code: 421, text: '4.3.2 not now' }) : null),
      onRcptTo: ({ address }, _session, done) => done(errorOf(this.behaviour.recipient?.(address))),
      onData: (stream, session, done) => void this.take(stream, session).then((refusal) => done(errorOf(refusal)), done),
    });
    server.on('error', () => undefined);
    server.server.on('connection', (socket: Socket) => this.watch(socket));
    await new Promise<void>((listening, failed) => {
      server.server.once('error', failed);
      server.listen(this.listeningOn, '127.0.0.1', listening);
    });
    this.server = server;
    this.listeningOn = (server.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return this.pause();
  }

  private watch(socket: Socket): void {
    const port = socket.remotePort ?? 0;
    this.sockets.set(port, socket);
    socket.once('close', () => this.sockets.delete(port));
  }

  private async take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<SmtpReply | undefined> {
    const raw = await bytesOf(stream);
    const { mailFrom, rcptTo } = session.envelope;
    const to = rcptTo.map(({ address }) => address);
    const recipient = to[0] ?? '';
    const attempt = (this.attempts.get(recipient) ?? 0) + 1;
    this.attempts.set(recipient, attempt);
    await this.delay(recipient);
    const refusal = this.behaviour.data?.(recipient, attempt);
    if (refusal) return refusal;
    const drop = this.behaviour.dropAfterData?.(recipient, attempt) ?? false;
    await this.keep({ from: mailFrom ? mailFrom.address : '', to, raw, acknowledged: !drop });
    if (drop) this.sockets.get(session.remotePort)?.destroy();
    return undefined;
  }

  private async delay(recipient: string): Promise<void> {
    const { delayMs = 0 } = this.behaviour;
    const ms = typeof delayMs === 'number' ? delayMs : delayMs(recipient);
    if (ms > 0) await wait(ms);
  }

  private async keep(mail: Pick<ReceivedMail, 'from' | 'to' | 'raw' | 'acknowledged'>): Promise<void> {
    const file = await this.folder?.add(mail.from, mail.to, mail.raw);
    if (!this.keepInMemory) return;
    this.received.push({
      ...mail, number: this.received.length + 1, receivedAt: new Date(), file, parse: () => parseMail(mail.raw),
    });
  }
}

async function bytesOf(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function errorOf(reply: SmtpReply | undefined): Error | null {
  return reply ? Object.assign(new Error(reply.text), { responseCode: reply.code }) : null;
}
