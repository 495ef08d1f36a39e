/**
 * An SMTP server that accepts everything as fast as a socket allows and writes one line per mail:
 * `<microseconds of the first byte of DATA> <Message-ID> <envelope recipient>`. A process of its own.
 * Speaks what a client of RFC 5321 with PIPELINING needs and nothing more; it is a measuring instrument.
 */
import { createWriteStream, type WriteStream } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { nowMicros } from '../clock.js';
import { endWithParent } from '../measure/with-parent.js';

const END_OF_DATA = '\r\n.\r\n';
const GREETING = '220 sink.test ESMTP\r\n';
const EHLO = '250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 52428800\r\n';

/** One connection's parser: commands line by line, data up to the lone dot. */
class Session {
  private buffer = '';
  private inData = false;
  private dataStartedAt = 0;
  private recipient = '';

  constructor(
    private readonly socket: Socket,
    private readonly log: WriteStream,
  ) {
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.write(GREETING);
    socket.on('data', (chunk: string) => this.receive(chunk));
    socket.on('error', () => socket.destroy());
  }

  private receive(chunk: string): void {
    if (this.inData && this.dataStartedAt === 0) this.dataStartedAt = nowMicros();
    this.buffer += chunk;
    let answers = '';
    for (let answer = this.step(); answer !== undefined; answer = this.step()) answers += answer;
    if (answers) this.socket.write(answers);
  }

  /** The answer to the next complete command or mail; undefined when more bytes are needed. */
  private step(): string | undefined {
    return this.inData ? this.finishMail() : this.answerCommand();
  }

  private finishMail(): string | undefined {
    const end = this.buffer.indexOf(END_OF_DATA);
    if (end < 0) return undefined;
    if (this.dataStartedAt === 0) this.dataStartedAt = nowMicros();
    const id = /^Message-ID:\s*<([^>@]+)/im.exec(this.buffer.slice(0, 4_096))?.[1] ?? '-';
    this.log.write(`${this.dataStartedAt} ${id} ${this.recipient}\n`);
    this.buffer = this.buffer.slice(end + END_OF_DATA.length);
    this.inData = false;
    this.dataStartedAt = 0;
    return '250 2.0.0 accepted\r\n';
  }

  private answerCommand(): string | undefined {
    const end = this.buffer.indexOf('\r\n');
    if (end < 0) return undefined;
    const line = this.buffer.slice(0, end);
    this.buffer = this.buffer.slice(end + 2);
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
        return EHLO;
      case 'RCPT':
        this.recipient = /<([^>]*)>/.exec(line)?.[1] ?? '';
        return '250 2.1.5 ok\r\n';
      case 'DATA':
        this.inData = true;
        return '354 go ahead\r\n';
      case 'QUIT':
        this.socket.end('221 bye\r\n');
        return '';
      default:
        return '250 2.0.0 ok\r\n';
    }
  }
}

const [port = '0', file = '/dev/null'] = process.argv.slice(2);
const log = createWriteStream(file, { flags: 'a' });
const server = createServer((socket) => new Session(socket, log));
server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`);
});
endWithParent(() => log.end(() => process.exit(0)));
