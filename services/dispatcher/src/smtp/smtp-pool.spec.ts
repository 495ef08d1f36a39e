import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@postrider/testing';
import { ScriptedSmtp, type Script } from '../../test/scripted-smtp.js';
import { SmtpPool, type SmtpPoolOptions } from './smtp-pool.js';

const TIMEOUTS = { connectMs: 1_000, commandMs: 500, dataMs: 500 };
const mail = (to = 'b@shop.test') => ({ from: 'a@shop.test', to, content: () => `To: ${to}\r\n\r\nhello` });

describe(SmtpPool.name, () => {
  const ends: (() => unknown)[] = [];

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function aPool(script: Script = {}, more: Partial<SmtpPoolOptions> = {}) {
    const server = await ScriptedSmtp.start(script);
    ends.push(() => server.stop());
    const settings = { host: '127.0.0.1', port: server.port, tls: 'none' as const, username: null, password: null };
    const pool = new SmtpPool({ settings, hostname: 'spec.test', maxConnections: 2, timeouts: TIMEOUTS, ...more });
    ends.push(() => pool.close());
    return { server, pool };
  }

  it('sends many mails over no more sessions than allowed', async () => {
    const { server, pool } = await aPool();

    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => pool.send(mail(`r${i}@shop.test`))));

    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['sent']));
    expect(new Set(server.mails).size).toBe(20);
    expect(server.connections).toBe(2);
  });

  it('tries a new session when a kept one says good-bye with 421', async () => {
    let mails = 0;
    const { server, pool } = await aPool({ on: { MAIL: (socket) => socket.write(++mails === 2 ? '421 4.4.2 idle for too long\r\n' : '250 ok\r\n') } });

    const results = [await pool.send(mail()), await pool.send(mail())];

    expect(results.map(({ kind }) => kind)).toEqual(['sent', 'sent']);
    expect([server.connections, server.mails.filter(Boolean).length]).toEqual([2, 2]);
  });

  it('does not send again what a kept session may have handed over', async () => {
    let mails = 0;
    const { server, pool } = await aPool({ on: { '.': (socket) => (++mails === 2 ? socket.destroy() : socket.write('250 ok\r\n')) } });

    const results = [await pool.send(mail()), await pool.send(mail())];

    expect(results.map(({ kind }) => kind)).toEqual(['sent', 'unknown']);
    expect(server.mails.length).toBe(2);
  });

  it('lets the next mail have its turn when one before it failed', async () => {
    let mails = 0;
    const { pool } = await aPool({ on: { '.': (socket) => (++mails === 1 ? socket.destroy() : socket.write('250 ok\r\n')) } }, { maxConnections: 1 });

    const results = await Promise.all([pool.send(mail()), pool.send(mail())]);

    expect(results.map(({ kind }) => kind)).toEqual(['unknown', 'sent']);
  });

  it('closes sessions that nobody used for a while', async () => {
    const { server, pool } = await aPool({}, { idleMs: 20 });
    await pool.send(mail());

    await eventually(() => expect(server.commands.at(-1)).toBe('QUIT'));
    const again = await pool.send(mail());

    expect([again.kind, server.connections]).toEqual(['sent', 2]);
  });

  it('closes the session of a mail that was under way when the pool was closed', async () => {
    const { server, pool } = await aPool({ on: { '.': (socket) => setTimeout(() => socket.write('250 ok\r\n'), 50) } });
    const sending = pool.send(mail());
    await eventually(() => expect(server.mails.length).toBe(1));

    pool.close();

    expect((await sending).kind).toBe('sent');
    await eventually(() => expect(server.commands.at(-1)).toBe('QUIT'));
  });
});
