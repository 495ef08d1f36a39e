import { createServer, type Server } from 'node:net';

/**
 * Below the range that the kernel gives to outgoing connections (ip(7), ip_local_port_range), so that a port stays ours
 * while its server is restarted.
 */
const LOWEST = 15_000;
const HIGHEST = 31_999;

/** Ports of the loopback that are free now; held until all are known, so they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const held: { port: number; server: Server }[] = [];
  while (held.length < count) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    const server = await listenOn(port);
    if (server) held.push({ port, server });
  }
  await Promise.all(held.map(({ server }) => closed(server)));
  return held.map(({ port }) => port);
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

export async function isFree(port: number): Promise<boolean> {
  const server = await listenOn(port);
  if (server) await closed(server);
  return server !== undefined;
}

function listenOn(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((done) => {
    server.once('error', () => done(undefined));
    server.listen(port, '127.0.0.1', () => done(server));
  });
}

const closed = (server: Server): Promise<void> => new Promise((done) => server.close(() => done()));
