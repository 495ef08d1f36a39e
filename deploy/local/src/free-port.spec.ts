import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePorts, isFree } from './free-port.js';

describe(freePorts.name, () => {
  it('answers different ports on which a server can listen', async () => {
    const ports = await freePorts(20);

    const servers = await Promise.all(ports.map((port) => listening(port)));

    expect(new Set(ports).size).toBe(20);
    await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  });

  it('stays out of the range of outgoing connections, so that a restarted server finds its port', async () => {
    const ports = await freePorts(20);

    expect(Math.max(...ports)).toBeLessThan(32_768);
  });
});

describe(isFree.name, () => {
  it('sees whether somebody listens', async () => {
    const [port = 0] = await freePorts(1);
    const before = await isFree(port);
    const server = await listening(port);

    const meanwhile = await isFree(port);

    expect([before, meanwhile]).toEqual([true, false]);
    await new Promise((done) => server.close(done));
  });
});

function listening(port: number): Promise<ReturnType<typeof createServer>> {
  const server = createServer();
  return new Promise((done) => server.listen(port, '127.0.0.1', () => done(server)));
}
