import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface PeerAnswer {
  status: number;
  body: unknown;
}

/** Another service's internal API: answers what it is told, and keeps what it was asked. */
export class Peer {
  readonly asked: { call: string; token: unknown; body: unknown }[] = [];
  /** By method and path; else 404. */
  readonly answers = new Map<string, PeerAnswer>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Peer> {
    const server = createServer();
    const peer = new Peer(server);
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        const call = `${request.method} ${request.url?.split('?')[0]}`;
        peer.asked.push({ call, token: request.headers['x-internal-token'], body: body === '' ? undefined : (JSON.parse(body) as unknown) });
        const answer = peer.answers.get(call) ?? { status: 404, body: {} };
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return peer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  answer(call: string, body: unknown, status = 200): void {
    this.answers.set(call, { status, body });
  }

  calls(): string[] {
    return this.asked.map(({ call }) => call);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
