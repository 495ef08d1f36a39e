import { mkdirSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isSignedWith } from './webhook-signature.js';

/** A call as it arrived. */
export interface ReceivedCall {
  /** Counts from 1 in order of arrival. */
  number: number;
  receivedAt: Date;
  method: string;
  path: string;
  headers: Record<string, string>;
  /** `webhook-id`; empty without one. */
  id: string;
  /** Counts from 1 for each `webhook-id`. */
  attempt: number;
  /** The bytes of the body, as text. */
  body: string;
  /** The body as JSON; undefined when it is none. */
  json: unknown;
  /** Whether the signature holds; undefined when the receiver knows no secret. */
  verified: boolean | undefined;
}

/** What a receiver answers; without fields it is 204. */
export interface CallAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  delayMs?: number;
  /** Closes the connection in place of an answer. */
  drop?: boolean;
  /** Never answers. */
  hang?: boolean;
}

export interface WebhookReceiverOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Every call is in there as a JSON file before it is answered. */
  folder?: string;
  /** `whsec_…`; a call signed with none of them is answered with 401. */
  secret?: string | readonly string[];
  /** Decides after the signature held. */
  respond?: (call: ReceivedCall) => CallAnswer | undefined | Promise<CallAnswer | undefined>;
}

/** A real HTTP endpoint that keeps the calls it gets, verifies Standard Webhooks signatures and answers as told. */
export class WebhookReceiver {
  /** How calls are answered from now on. */
  respond: NonNullable<WebhookReceiverOptions['respond']>;
  /** The secrets that are valid from now on. */
  secrets: readonly string[];
  private readonly received: ReceivedCall[] = [];
  private readonly attempts = new Map<string, number>();
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private accepted = 0;

  private constructor(private readonly folder: string | undefined, options: WebhookReceiverOptions) {
    this.respond = options.respond ?? (() => undefined);
    this.secrets = [options.secret ?? []].flat();
    this.server = createServer((request, response) => void this.serve(request, response).catch(() => response.destroy()));
    this.server.keepAliveTimeout = 60_000;
    this.server.on('connection', (socket) => {
      this.accepted += 1;
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  static async start(options: WebhookReceiverOptions = {}): Promise<WebhookReceiver> {
    if (options.folder !== undefined) mkdirSync(options.folder, { recursive: true });
    const receiver = new WebhookReceiver(options.folder, options);
    await new Promise<void>((listening, failed) => {
      receiver.server.once('error', failed);
      receiver.server.listen(options.port ?? 0, '127.0.0.1', listening);
    });
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Every call, in order of arrival. */
  calls(): readonly ReceivedCall[] {
    return this.received;
  }

  /** Connections that were ever opened to it. */
  connections(): number {
    return this.accepted;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((done) => this.server.close(() => done()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = this.read(request, await bodyOf(request));
    this.received.push(call);
    if (this.folder !== undefined) await writeCall(this.folder, call);
    const answer = call.verified === false ? { status: 401 } : ((await this.respond(call)) ?? {});
    if (answer.delayMs) await wait(answer.delayMs);
    if (answer.hang) return;
    if (answer.drop) return void response.destroy();
    response.writeHead(answer.status ?? 204, answer.headers).end(answer.body);
  }

  private read(request: IncomingMessage, body: string): ReceivedCall {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const id = headers['webhook-id'] ?? '';
    const attempt = (this.attempts.get(id) ?? 0) + 1;
    this.attempts.set(id, attempt);
    return {
      number: this.received.length + 1, receivedAt: new Date(), method: request.method ?? '', path: request.url ?? '', headers,
      id, attempt, body, json: parsed(body), verified: this.secrets.length > 0 ? isSignedWith(this.secrets, { headers, body }) : undefined,
    };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** A file appears under its name only when it is whole; names sort by time of arrival, also over restarts. */
async function writeCall(folder: string, call: ReceivedCall): Promise<void> {
  const file = join(folder, `${call.receivedAt.getTime()}-${process.pid}-${String(call.number).padStart(7, '0')}.json`);
  await writeFile(`${file}.part`, `${JSON.stringify(call, undefined, 2)}\n`);
  await rename(`${file}.part`, file);
}
