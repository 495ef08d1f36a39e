import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Stack } from '../stack.js';
import { execution } from './executions.js';

let server: Server | undefined;
let asked = 0;

afterEach(() => void server?.close());

/** Has enough of the first calls. */
async function stackThatRefuses(calls: number): Promise<Stack> {
  asked = 0;
  server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(asked > calls ? 200 : 429, { 'retry-after': '1', connection: 'close' }).end(String(asked));
  });
  await new Promise<void>((done) => server!.listen(0, '127.0.0.1', done));
  return { ingestUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } as Stack;
}

describe(execution.name, () => {
  it('asks again when it was told to wait', async () => {
    const stack = await stackThatRefuses(1);
    const startedAt = performance.now();

    expect(await execution(stack, 'GET', 'some-id')).toEqual({ status: 200, text: '2' });
    expect(performance.now() - startedAt).toBeGreaterThan(900);
  });

  it('triggers nothing again', async () => {
    expect(await execution(await stackThatRefuses(1), 'POST', 'audience', {})).toEqual({ status: 429, text: '1' });
  });
});
