import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, putOffFirst, SmtpSink, type SmtpSinkOptions } from './index.js';

const MAIL = 'Subject: Order 4711\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+SGk8L2I+\r\n..dot\r\n';

describe(SmtpSink.name, () => {
  let sink: SmtpSink | undefined;
  const start = async (options: SmtpSinkOptions = {}): Promise<SmtpSink> => (sink = await SmtpSink.start(options));

  afterEach(() => sink?.stop());

  it('takes a mail and can tell its envelope, its bytes and its parts', async () => {
    const { port } = await start();

    const replies = await converse(port, to('ada@shop.test'));

    expect(replies.at(-1)).toMatch(/^250/);
    const [mail] = sink!.mailsTo('ada@shop.test');
    expect(mail).toMatchObject({ number: 1, from: 'orders@shop.test', to: ['ada@shop.test'], acknowledged: true });
    expect(mail!.raw.toString()).toContain('\r\n.dot');
    await expect(mail!.parse()).resolves.toMatchObject({ subject: 'Order 4711' });
  });

  it('writes each mail as a file that begins with its envelope', async () => {
    const mailFolder = mkdtempSync(join(tmpdir(), 'mails-'));
    const { port } = await start({ mailFolder });

    await converse(port, to('ada@shop.test'));

    const files = readdirSync(mailFolder);
    expect(files).toEqual([expect.stringMatching(/\.eml$/)]);
    expect(readFileSync(join(mailFolder, files[0]!), 'utf8')).toMatch(/^X-Envelope-From: <orders@shop.test>\r\nX-Envelope-To: <ada@shop.test>\r\nSubject: /);
    rmSync(mailFolder, { recursive: true });
  });

  it('refuses some recipients and puts others off', async () => {
    const { port } = await start({
      behaviour: {
        recipient: (address) => (address.startsWith('nobody') ? { code: 550, text: '5.1.1 no such user' } : undefined),
        data: putOffFirst(1),
      },
    });

    const refused = await converse(port, to('nobody@shop.test').slice(0, 3));
    const first = await converse(port, to('ada@shop.test'));
    const second = await converse(port, to('ada@shop.test'));

    expect(refused.at(-1)).toMatch(/^550 5\.1\.1/);
    expect([first.at(-1), second.at(-1)]).toEqual([expect.stringMatching(/^451/), expect.stringMatching(/^250/)]);
    expect(sink!.mails()).toHaveLength(1);
  });

  it('keeps a mail and hangs up in place of the answer', async () => {
    const { port } = await start({ behaviour: { dropAfterData: () => true } });

    await expect(converse(port, to('ada@shop.test'))).rejects.toThrow('closed');

    expect(sink!.mails()).toEqual([expect.objectContaining({ acknowledged: false })]);
  });

  it('turns connections away, stops listening, and comes back on its port', async () => {
    const { port } = await start({ behaviour: { refuseConnections: true } });
    await expect(converse(port, to('ada@shop.test'))).rejects.toThrow(/421|closed/);

    await sink!.pause();
    await expect(converse(port, [])).rejects.toThrow('ECONNREFUSED');
    sink!.behaviour = {};
    await sink!.resume();

    expect((await converse(port, to('ada@shop.test'))).at(-1)).toMatch(/^250/);
    await eventually(() => expect(sink!.openConnections()).toBe(0));
  });
});

const to = (recipient: string): string[] => ['EHLO spec.test', 'MAIL FROM:<orders@shop.test>', `RCPT TO:<${recipient}>`, 'DATA', `${MAIL}.`];

/** Says the commands one after the other and answers the last line of each reply. */
function converse(port: number, commands: string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const replies: string[] = [];
    const left = [...commands];
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      const line = text.trimEnd().split('\r\n').at(-1)!;
      if (!/^\d{3} /.test(line)) return;
      replies.push(line);
      if (line.startsWith('421')) return reject(new Error(line));
      const next = left.shift();
      if (next === undefined) return socket.end(() => resolve(replies));
      socket.write(`${next}\r\n`);
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed')));
  });
}
