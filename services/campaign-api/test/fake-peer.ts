import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PeerCall {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string | string[] | undefined>;
  /** Parsed where it is JSON, else the text. */
  body: unknown;
}

export interface PeerReply {
  status: number;
  body?: unknown;
  /** In place of a body: sent as it is. */
  text?: string;
  headers?: Record<string, string>;
}

/** Another service's internal API: answers as told and keeps what it was asked. */
export class FakePeer {
  readonly calls: PeerCall[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(reply: (call: PeerCall) => PeerReply): Promise<FakePeer> {
    const server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => {
        const url = new URL(request.url ?? '/', 'http://peer');
        const isJson = request.headers['content-type'] === 'application/json';
        const call = { method: request.method ?? '', path: url.pathname, query: Object.fromEntries(url.searchParams), headers: request.headers, body: isJson ? (JSON.parse(text) as unknown) : text };
        peer.calls.push(call);
        const { status, body, text: said, headers } = reply(call);
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(said ?? (body === undefined ? undefined : JSON.stringify(body)));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const peer = new FakePeer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return peer;
  }

  static problem(status: number, code: string, errors?: unknown[]): unknown {
    return { type: `urn:postrider:problem:${code}`, title: code, status, code, detail: 'Said by the peer.', errors, report: { additionalContext: { said: 'by the peer' } } };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
