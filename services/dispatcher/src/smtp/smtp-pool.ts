/**
 * Kept sessions to one server.
 * Guarantee: at most `maxConnections` sessions; a mail goes over a session that no other uses meanwhile, in order of arrival.
 * Limit: a session that was kept may have been closed by the server in the meantime; a mail that was certainly not handed
 * over by it is tried once more over a new one.
 */
import { SmtpConnection, type SmtpTimeouts } from './smtp-connection.js';
import type { SmtpServerSettings } from './smtp-dial.js';
import type { Envelope, SendResult } from './send-result.js';

export interface SmtpPoolOptions {
  settings: SmtpServerSettings;
  hostname: string;
  maxConnections: number;
  timeouts?: SmtpTimeouts;
  idleMs?: number;
}

/** Servers close idle sessions after a while, some early. */
const IDLE_MS = 20_000;

interface Kept {
  connection: SmtpConnection;
  since: number;
}

export class SmtpPool {
  private readonly idle: Kept[] = [];
  private readonly waiting: (() => void)[] = [];
  private busy = 0;
  private isClosed = false;
  private readonly idleMs: number;
  private readonly sweeper: NodeJS.Timeout;

  constructor(private readonly options: SmtpPoolOptions) {
    this.idleMs = options.idleMs ?? IDLE_MS;
    this.sweeper = setInterval(() => this.closeIdle(performance.now() - this.idleMs), this.idleMs / 2).unref();
  }

  async send(envelope: Envelope): Promise<SendResult> {
    await this.enter();
    try {
      return await this.sendOverKept(envelope);
    } finally {
      this.leave();
    }
  }

  /** Sessions that are in use end with the mail they carry. */
  close(): void {
    this.isClosed = true;
    clearInterval(this.sweeper);
    this.closeIdle(Infinity);
  }

  private async sendOverKept(envelope: Envelope): Promise<SendResult> {
    const kept = this.takeKept();
    if (kept) {
      const result = await this.sendOver(kept, envelope);
      const isStale = result.kind === 'not-handed-over' || (result.kind === 'refused' && result.reply.code === 421);
      if (!isStale) return result;
    }
    return this.sendOverNew(envelope);
  }

  private takeKept(): SmtpConnection | undefined {
    for (let kept = this.idle.pop(); kept; kept = this.idle.pop()) if (kept.connection.isUsable) return kept.connection;
    return undefined;
  }

  private async sendOverNew(envelope: Envelope): Promise<SendResult> {
    const { settings, hostname, timeouts } = this.options;
    try {
      return await this.sendOver(await SmtpConnection.open(settings, hostname, timeouts), envelope);
    } catch (error) {
      return { kind: 'not-handed-over', reason: error instanceof Error ? error.message : String(error), isProviderDown: true };
    }
  }

  private async sendOver(connection: SmtpConnection, envelope: Envelope): Promise<SendResult> {
    const result = await connection.send(envelope);
    const isClean = result.kind === 'sent' || (result.kind === 'refused' && result.reply.code !== 421);
    if (isClean && connection.isUsable && !this.isClosed) this.idle.push({ connection, since: performance.now() });
    else connection.close();
    return result;
  }

  private enter(): Promise<void> {
    if (this.busy < this.options.maxConnections) {
      this.busy += 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.busy -= 1;
  }

  private closeIdle(before: number): void {
    while (this.idle[0] && this.idle[0].since <= before) this.idle.shift()?.connection.close();
  }
}
