import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket, createServer } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from '../../test/localhost-certificate.js';
import { ScriptedSmtp } from '../../test/scripted-smtp.js';
import { SmtpConnection } from './smtp-connection.js';

const TIMEOUTS = { connectMs: 2_000, commandMs: 1_000, dataMs: 1_000 };
const identity = { key: LOCALHOST_KEY, cert: LOCALHOST_CERTIFICATE };

const open = (port: number, tls: 'starttls' | 'implicit') =>
  SmtpConnection.open({ host: '127.0.0.1', port, tls, username: 'ada', password: 'secret' }, 'spec.test', TIMEOUTS);

describe('a mail server whose certificate nobody vouches for', () => {
  it('gets neither credentials nor mail after STARTTLS', async () => {
    const heard: string[] = [];
    const upgrade = (socket: Socket): void => {
      socket.removeAllListeners('data');
      socket.write('220 go ahead\r\n');
      const secure = new TLSSocket(socket, { isServer: true, ...identity });
      secure.on('data', (data: Buffer) => heard.push(data.toString('latin1'))).on('error', () => undefined);
    };
    const server = await ScriptedSmtp.start({ on: { STARTTLS: upgrade } });

    await expect(open(server.port, 'starttls')).rejects.toThrow(/self-signed/);
    await server.stop();

    expect(server.commands).toEqual(['EHLO spec.test', 'STARTTLS']);
    expect(heard).toEqual([]);
  });

  it('gets neither on a port that is secure from the start', async () => {
    const heard: string[] = [];
    const server = createServer(identity, (socket) => socket.on('error', () => undefined).on('data', (data: Buffer) => heard.push(data.toString('latin1'))).write('220 hi\r\n'));
    server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');

    await expect(open((server.address() as AddressInfo).port, 'implicit')).rejects.toThrow(/self-signed/);
    server.close();

    expect(heard).toEqual([]);
  });

  it('is not waited for when it never finishes the handshake', async () => {
    const server = await ScriptedSmtp.start({ on: { STARTTLS: '220 go ahead\r\n' } });

    const opening = SmtpConnection.open({ host: '127.0.0.1', port: server.port, tls: 'starttls', username: null, password: null }, 'spec.test', { ...TIMEOUTS, connectMs: 100 });

    await expect(opening).rejects.toThrow();
    await server.stop();
  });
});
