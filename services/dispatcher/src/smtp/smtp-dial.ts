import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

export interface SmtpServerSettings {
  host: string;
  port: number;
  tls: 'none' | 'starttls' | 'implicit';
  username: string | null;
  password: string | null;
}

/** Resolves when mail can be spoken of: over TLS, when the server's certificate is good and its own. */
export async function dial({ host, port, tls }: SmtpServerSettings, timeoutMs: number): Promise<Socket> {
  const socket = tls === 'implicit' ? connectTls({ port, ...identityOf(host) }) : connectTcp({ host, port });
  return secured(socket, timeoutMs, tls === 'implicit' ? 'secureConnect' : 'connect');
}

/** Goes on encrypted over a connection that was not (STARTTLS). */
export function encrypt(plain: Socket, host: string, timeoutMs: number): Promise<Socket> {
  return secured(connectTls({ socket: plain, ...identityOf(host) }), timeoutMs);
}

/** Resolves at the event; on an error or after the time the socket is destroyed. */
function secured(socket: Socket, timeoutMs: number, event = 'secureConnect'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error(`no connection in ${timeoutMs} ms`)), timeoutMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const close = (): void => fail(new Error('the server closed the connection'));
    socket.once('error', fail);
    socket.once('close', close);
    socket.once(event, () => {
      clearTimeout(timer);
      socket.off('error', fail);
      socket.off('close', close);
      resolve(socket);
    });
  });
}

/** Whose certificate it must be; a name is also asked for (SNI), an address must not be (RFC 6066 §3). */
const identityOf = (host: string): ConnectionOptions => ({ host, ...(isIP(host) === 0 && { servername: host }) });
