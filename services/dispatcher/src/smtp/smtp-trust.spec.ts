import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SMTPServer, type SMTPServerAuthentication } from 'smtp-server';
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from '../../test/localhost-certificate.js';
import { SmtpConnection } from './smtp-connection.js';

const TIMEOUTS = { connectMs: 2_000, commandMs: 1_000, dataMs: 1_000 };
const mail = { from: 'a@shop.test', to: 'b@shop.test', content: () => 'Subject: hi\r\n\r\nhello\r\n' };

describe('a mail server with a certificate that is trusted', () => {
  const servers: SMTPServer[] = [];
  const trusted = getCACertificates('default');

  afterEach(async () => {
    setDefaultCACertificates(trusted);
    await Promise.all(servers.splice(0).map((server) => new Promise<void>((done) => server.close(() => done()))));
  });

  async function serve(secure: boolean): Promise<{ port: number; received: { secure: boolean; user: string | undefined }[] }> {
    const received: { secure: boolean; user: string | undefined }[] = [];
    const server = new SMTPServer({
      secure, key: LOCALHOST_KEY, cert: LOCALHOST_CERTIFICATE, authOptional: true, disableReverseLookup: true,
      onAuth: ({ username }: SMTPServerAuthentication, _session, done) => done(null, { user: username ?? '' }),
      onData: (stream, session, done) => {
        received.push({ secure: session.secure, user: session.user as string | undefined });
        stream.resume().on('end', () => done());
      },
    });
    servers.push(server);
    server.on('error', () => undefined);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return { port: (server.server.address() as AddressInfo).port, received };
  }

  const open = (port: number, tls: 'starttls' | 'implicit', host = 'localhost') =>
    SmtpConnection.open({ host, port, tls, username: 'ada', password: 'secret' }, 'spec.test', TIMEOUTS);

  it.each(['implicit', 'starttls'] as const)('carries credentials and mails (%s)', async (tls) => {
    setDefaultCACertificates([...trusted, LOCALHOST_CERTIFICATE]);
    const { port, received } = await serve(tls === 'implicit');
    const connection = await open(port, tls);

    const results = [await connection.send(mail), await connection.send(mail)];
    connection.close();

    expect(results.map(({ kind }) => kind)).toEqual(['sent', 'sent']);
    expect(received).toEqual([{ secure: true, user: 'ada' }, { secure: true, user: 'ada' }]);
  });

  it.each(['implicit', 'starttls'] as const)('does not open to a server with the certificate of another (%s)', async (tls) => {
    setDefaultCACertificates([...trusted, LOCALHOST_CERTIFICATE]);
    const { port } = await serve(tls === 'implicit');

    await expect(open(port, tls, '127.0.0.1')).rejects.toThrow(/127\.0\.0\.1/);
  });

  it('does not open to a server that speaks no TLS', async () => {
    const { port } = await serve(false);

    await expect(open(port, 'implicit')).rejects.toThrow();
  });
});
