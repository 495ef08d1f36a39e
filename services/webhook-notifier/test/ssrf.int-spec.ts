import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@postrider/testing';
import type { Resolve } from '../src/sending/vetted-connector.js';
import { WebhookClient } from '../src/sending/webhook.client.js';
import { aStatus } from './builders.js';
import { Rig } from './rig.js';

let server: Server;
let port: number;
let connections = 0;

jest.setTimeout(60_000);

beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((done) => server.listen(0, '::', done));
  ({ port } = server.address() as AddressInfo);
});

afterAll(() => {
  server.close();
});

const strict = (resolve?: Resolve): WebhookClient => new WebhookClient({ allowPrivateAddresses: false, allowHttp: true }, resolve);

describe(WebhookClient.name, () => {
  it.each([
    '127.0.0.1', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '0.0.0.0', 'localhost', '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '１２７.0.0.1',
  ])('does not connect to this machine as %s', async (host) => {
    const client = strict();

    const answer = await client.call({ url: `http://${host}:${port}/`, headers: {}, body: '{}' });

    expect(answer).toEqual({ kind: 'blocked', error: 'ADDRESS_NOT_PUBLIC' });
    expect(connections).toBe(0);
    await client.onApplicationShutdown();
  });

  it('does not connect to a name that hides a private address among public ones, or changes to one', async () => {
    const answers = [['93.184.216.34', '127.0.0.1'], ['127.0.0.1']];
    const client = strict((_host, _options, callback) => callback(null, answers.shift()!.map((address) => ({ address, family: 4 }))));

    const outcomes = [
      await client.call({ url: `http://rebinding.test:${port}/`, headers: {}, body: '{}' }),
      await client.call({ url: `http://rebinding.test:${port}/`, headers: {}, body: '{}' }),
    ];

    expect(outcomes).toEqual([{ kind: 'blocked', error: 'ADDRESS_NOT_PUBLIC' }, { kind: 'blocked', error: 'ADDRESS_NOT_PUBLIC' }]);
    expect(connections).toBe(0);
    await client.onApplicationShutdown();
  });

  it.each(['ftp://shop.test/', 'file:///etc/passwd', 'javascript:1', 'not a url', ''])('does not call %j', async (url) => {
    const client = strict();

    expect(await client.call({ url, headers: {}, body: '{}' })).toEqual({ kind: 'blocked', error: 'URL_NOT_ALLOWED' });
    await client.onApplicationShutdown();
  });

  it('calls no plain HTTP without permission', async () => {
    const client = new WebhookClient({ allowPrivateAddresses: true, allowHttp: false });

    expect(await client.call({ url: `http://127.0.0.1:${port}/`, headers: {}, body: '{}' })).toEqual({ kind: 'blocked', error: 'URL_NOT_ALLOWED' });
    expect(connections).toBe(0);
    await client.onApplicationShutdown();
  });
});

describe('a notifier without permission for private addresses', () => {
  it('opens no connection to one, and says so in the attempt', async () => {
    const rig = await Rig.start();
    await rig.notifier({ WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'false' });
    const shop = await rig.shop();

    await rig.say(aStatus(shop.version));

    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ state: 'pending', attempts: 1 }]));
    expect(await rig.sql().query('SELECT outcome, error FROM attempts')).toEqual([{ outcome: 'blocked', error: 'ADDRESS_NOT_PUBLIC' }]);
    expect(shop.receiver.connections()).toBe(0);
    await rig.stop();
  });
});
