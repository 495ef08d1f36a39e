import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@postrider/testing';
import { ScriptedSmtp, type Script } from '../../test/scripted-smtp.js';
import { SmtpConnection } from './smtp-connection.js';
import { SmtpPool } from './smtp-pool.js';

const TIMEOUTS = { connectMs: 1_000, commandMs: 300, dataMs: 300 };
const mail = (content = 'Subject: hi\r\n\r\nhello') => ({ from: 'a@shop.test', to: 'b@shop.test', content: () => content });

describe(SmtpConnection.name, () => {
  const servers: ScriptedSmtp[] = [];

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  async function open(script: Script = {}, credentials = { username: null as string | null, password: null as string | null }) {
    const server = await ScriptedSmtp.start(script);
    servers.push(server);
    const connection = await SmtpConnection.open({ host: '127.0.0.1', port: server.port, tls: 'none', ...credentials }, 'spec.test', TIMEOUTS);
    return { server, connection };
  }

  it('hands a mail over, several on one session, dots stuffed', async () => {
    const { server, connection } = await open();

    const first = await connection.send(mail('.one\r\n.two\r\nthree.'));
    const second = await connection.send(mail());
    connection.close();

    expect([first.kind, second.kind]).toEqual(['sent', 'sent']);
    expect(server.mails[0]).toBe('..one\r\n..two\r\nthree.');
    expect(server.connections).toBe(1);
  });

  it('goes step by step where the server does not pipeline', async () => {
    const { server, connection } = await open({ on: { EHLO: '250 scripted.test\r\n' } });

    const result = await connection.send(mail());

    expect(result.kind).toBe('sent');
    expect(server.commands).toEqual(['EHLO spec.test', 'MAIL FROM:<a@shop.test>', 'RCPT TO:<b@shop.test>', 'DATA']);
  });

  it.each([
    ['sender', 'MAIL', '451 4.7.1 later\r\n', 451],
    ['recipient', 'RCPT', '550-5.1.1 no\r\n550 5.1.1 such user\r\n', 550],
    ['data', '.', '552 5.3.4 too big\r\n', 552],
  ])('says that the %s was refused, and can be used again', async (stage, word, answer, code) => {
    const { connection } = await open({ on: { [word]: answer, ...(word !== '.' && { DATA: '503 5.5.1 no valid recipients\r\n' }) } });

    const result = await connection.send(mail());

    expect(result).toMatchObject({ kind: 'refused', stage, reply: { code } });
    expect(connection.isUsable).toBe(true);
  });

  it.each([['recipient', 'RCPT'], ['data', 'DATA']])('keeps the answer of a server that refuses the %s and hangs up (pipelining or not)', async (stage, word) => {
    for (const EHLO of ['250-x\r\n250 PIPELINING\r\n', '250 x\r\n']) {
      const hangUp = (socket: Socket): void => void socket.end('554 5.7.1 go away\r\n');
      const { connection } = await open({ on: { EHLO, [word]: hangUp } });

      const result = await connection.send(mail());

      expect(result).toMatchObject({ kind: 'refused', stage, reply: { code: 554, enhanced: '5.7.1' } });
    }
  });

  it('hangs up on a server that keeps its side open after QUIT', async () => {
    const sockets = (): number => process.getActiveResourcesInfo().filter((one) => one === 'TCPSocketWrap').length;
    const { server, connection } = await open({ staysOpen: true, on: { QUIT: () => undefined } });
    const before = sockets();

    connection.close();

    await eventually(() => expect(server.commands).toContain('QUIT'));
    await eventually(() => expect(sockets()).toBe(before - 1));
  });

  it('greets again in the old way where the new one is not known', async () => {
    const { server, connection } = await open({ on: { EHLO: '502 5.5.2 what?\r\n' } });

    expect((await connection.send(mail())).kind).toBe('sent');
    expect(server.commands.slice(0, 3)).toEqual(['EHLO spec.test', 'HELO spec.test', 'MAIL FROM:<a@shop.test>']);
  });

  it('asks for a content without 8-bit where the server takes none', async () => {
    const asked: boolean[] = [];
    for (const EHLO of ['250 x\r\n', '250-x\r\n250 8bitmime\r\n']) {
      const { connection } = await open({ on: { EHLO } });
      await connection.send({ ...mail(), content: (takes8Bit) => (asked.push(takes8Bit), 'x') });
    }

    expect(asked).toEqual([false, true]);
  });

  it('is of no use after a reply that nobody asked for', async () => {
    const { connection } = await open({ on: { '.': '250 ok\r\n421 4.4.2 bye\r\n' } });

    await connection.send(mail());

    await eventually(() => expect(connection.isUsable).toBe(false));
    expect((await connection.send(mail())).kind).toBe('not-handed-over');
  });

  it('knows that nothing was handed over while the mail has not left as a whole', async () => {
    const { connection } = await open({
      on: {
        DATA: (socket) => {
          socket.pause();
          socket.write('354 go ahead\r\n');
          setTimeout(() => socket.resetAndDestroy(), 50);
        },
      },
    });

    expect((await connection.send(mail('x'.repeat(50_000_000)))).kind).toBe('not-handed-over');
  });

  it('sends no mail where DATA is taken although the recipient was refused', async () => {
    const { server, connection } = await open({ on: { RCPT: '550 5.1.1 no\r\n' } });

    const result = await connection.send(mail());

    expect(result).toMatchObject({ kind: 'refused', stage: 'recipient' });
    expect(server.mails.filter((text) => text !== '')).toEqual([]);
  });

  it.each([
    ['the connection is reset after the last dot', (socket: { destroy: () => void }) => socket.destroy()],
    ['no answer comes after the last dot', () => undefined],
  ])('cannot know when %s', async (_what, step) => {
    const { connection } = await open({ on: { '.': step } });

    expect((await connection.send(mail())).kind).toBe('unknown');
    expect(connection.isUsable).toBe(false);
  });

  it.each([
    ['it is reset before DATA', { MAIL: (socket: { destroy: () => void }) => socket.destroy() }],
    ['it is silent before DATA', { DATA: () => undefined }],
    ['it speaks another language', { MAIL: 'hello\r\n' }],
  ])('knows that nothing was handed over when %s', async (_what, on) => {
    const { connection } = await open({ on });

    expect((await connection.send(mail())).kind).toBe('not-handed-over');
  });

  it('understands a reply that drips in', async () => {
    const drip = (socket: { write: (text: string) => boolean }): void => {
      const parts = ['25', '0-2.0.0 fi', 'rst\r', '\n250 2.0.0 la', 'st\r\n'];
      parts.forEach((part, i) => setTimeout(() => socket.write(part), i * 10));
    };
    const { connection } = await open({ on: { '.': drip } });

    expect(await connection.send(mail())).toMatchObject({ kind: 'sent', reply: { code: 250, lines: ['2.0.0 first', '2.0.0 last'] } });
  });

  it.each([['greets with 421', { greeting: '421 4.3.2 busy\r\n' }], ['never greets', { greeting: () => undefined }], ['greets with nonsense', { greeting: 'HTTP/1.1 200 OK\r\n' }]])(
    'does not open when the server %s',
    async (_what, script) => {
      await expect(open(script)).rejects.toThrow();
    },
  );

  it('shows its credentials, and does not open without them being taken', async () => {
    const extensions = '250-scripted.test\r\n250 AUTH PLAIN LOGIN\r\n';
    const { server } = await open({ on: { EHLO: extensions } }, { username: 'ada', password: 'secret' });

    await expect(open({ on: { EHLO: extensions, AUTH: '535 5.7.8 no\r\n' } }, { username: 'ada', password: 'wrong' })).rejects.toThrow(/535/);
    expect(server.commands).toContain(`AUTH PLAIN ${Buffer.from('\0ada\0secret').toString('base64')}`);
  });

  it('does not speak plainly to a server that refuses STARTTLS', async () => {
    const server = await ScriptedSmtp.start({ on: { STARTTLS: '454 4.7.0 not now\r\n' } });
    servers.push(server);

    const opening = SmtpConnection.open({ host: '127.0.0.1', port: server.port, tls: 'starttls', username: null, password: null }, 'spec.test', TIMEOUTS);

    await expect(opening).rejects.toThrow(/STARTTLS/);
    expect(server.commands.some((command) => command.startsWith('MAIL'))).toBe(false);
  });
});

describe(SmtpPool.name, () => {
  it('tries a new session when a kept one turns out to be closed', async () => {
    let mails = 0;
    const server = await ScriptedSmtp.start({
      on: { MAIL: (socket) => (++mails === 2 ? socket.destroy() : socket.write('250 ok\r\n')) },
    });
    const pool = new SmtpPool({ settings: { host: '127.0.0.1', port: server.port, tls: 'none', username: null, password: null }, hostname: 'spec.test', maxConnections: 1, timeouts: TIMEOUTS });

    const results = [await pool.send(mail()), await pool.send(mail())];
    pool.close();
    await server.stop();

    expect(results.map(({ kind }) => kind)).toEqual(['sent', 'sent']);
    expect(server.connections).toBe(2);
  });

  it('says that the provider is down when nobody listens', async () => {
    const pool = new SmtpPool({ settings: { host: '127.0.0.1', port: 1, tls: 'none', username: null, password: null }, hostname: 'spec.test', maxConnections: 1, timeouts: TIMEOUTS });

    expect(await pool.send(mail())).toMatchObject({ kind: 'not-handed-over', isProviderDown: true });
    pool.close();
  });
});
