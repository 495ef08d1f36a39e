import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** What a scripted server does at a moment: answers these bytes, or takes the socket into its own hands. */
export type Step = string | ((socket: Socket) => void);

export interface Script {
  greeting?: Step;
  /** By the first word of a command, in capitals; `.` is the end of a mail. Others are answered with 250. */
  on?: Readonly<Record<string, Step>>;
  /** Does not close its side when the client has closed the other. */
  staysOpen?: boolean;
}

const DEFAULTS: Readonly<Record<string, Step>> = {
  EHLO: '250-scripted.test\r\n250-PIPELINING\r\n250 8BITMIME\r\n',
  DATA: '354 go ahead\r\n',
};

/** An SMTP server that does exactly what its script says. */
export class ScriptedSmtp {
  readonly commands: string[] = [];
  readonly mails: string[] = [];
  connections = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(script: Script = {}): Promise<ScriptedSmtp> {
    const server = createServer({ allowHalfOpen: script.staysOpen ?? false });
    const scripted = new ScriptedSmtp(server);
    server.on('connection', (socket) => scripted.serve(socket, script));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return scripted;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  private serve(socket: Socket, { greeting = '220 scripted.test ESMTP\r\n', on = {} }: Script): void {
    this.connections += 1;
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.setEncoding('latin1');
    let isData = false;
    const receive = (text: string): void => {
      const word = isData ? '.' : (text.split(/[ :]/)[0] ?? '').toUpperCase();
      if (isData) this.mails.push(text);
      else this.commands.push(text);
      const step = on[word] ?? DEFAULTS[word] ?? '250 2.0.0 ok\r\n';
      isData = word === 'DATA' && typeof step === 'string' && step.startsWith('354');
      take(socket, step);
    };
    let buffer = '';
    socket.on('data', (chunk: string) => {
      buffer += chunk;
      for (let part = nextPart(buffer, isData); part; part = nextPart(buffer, isData)) {
        buffer = part.rest;
        receive(part.text);
      }
    });
    take(socket, greeting);
  }
}

/** The next command, or the next mail without its lone dot; a lone dot right after DATA is an empty mail. */
function nextPart(buffer: string, isData: boolean): { text: string; rest: string } | undefined {
  if (isData && buffer.startsWith('.\r\n')) return { text: '', rest: buffer.slice(3) };
  const ending = isData ? '\r\n.\r\n' : '\r\n';
  const end = buffer.indexOf(ending);
  return end < 0 ? undefined : { text: buffer.slice(0, end), rest: buffer.slice(end + ending.length) };
}

function take(socket: Socket, step: Step): void {
  if (typeof step === 'string') socket.write(step);
  else step(socket);
}
