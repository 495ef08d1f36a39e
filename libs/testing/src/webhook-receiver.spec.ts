import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { isSignedWith, WebhookReceiver, type WebhookReceiverOptions } from './index.js';

/** The example of the Standard Webhooks specification. */
const KNOWN = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  now: new Date(1_614_265_330_000),
  call: {
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    body: '{"test": 2432232314}',
  },
};

describe(isSignedWith.name, () => {
  it('accepts the known example, and no other secret, body or time', () => {
    const { secret, call, now } = KNOWN;

    expect(isSignedWith([secret], call, now)).toBe(true);
    expect(isSignedWith(['whsec_AAAA', secret], call, now)).toBe(true);
    expect(isSignedWith(['whsec_AAAA'], call, now)).toBe(false);
    expect(isSignedWith([secret], { ...call, body: '{}' }, now)).toBe(false);
    expect(isSignedWith([secret], call)).toBe(false);
  });
});

describe(WebhookReceiver.name, () => {
  let receiver: WebhookReceiver | undefined;
  const start = async (options: WebhookReceiverOptions = {}): Promise<WebhookReceiver> => (receiver = await WebhookReceiver.start(options));
  const post = (headers: Record<string, string> = {}) => fetch(receiver!.url, { method: 'POST', headers, body: '{"a":1}' });

  afterEach(() => receiver?.stop());

  it('keeps calls, counts the tries of each id and answers as told', async () => {
    await start({ respond: ({ attempt }) => ({ status: attempt === 1 ? 500 : 200 }) });

    const statuses = [(await post({ 'webhook-id': 'x' })).status, (await post({ 'webhook-id': 'x' })).status];

    expect(statuses).toEqual([500, 200]);
    expect(receiver!.calls()).toMatchObject([{ id: 'x', attempt: 1, json: { a: 1 }, verified: undefined }, { attempt: 2 }]);
  });

  it('answers 401 to a call that is not signed', async () => {
    await start({ secret: KNOWN.secret });

    const answer = await post();

    expect(answer.status).toBe(401);
    expect(receiver!.calls()).toMatchObject([{ verified: false }]);
  });

  it('writes each call as a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'calls-'));
    await start({ folder });

    await post({ 'webhook-id': 'x' });

    const [file] = readdirSync(folder);
    expect(JSON.parse(readFileSync(join(folder, file!), 'utf8'))).toMatchObject({ id: 'x', method: 'POST', body: '{"a":1}' });
    rmSync(folder, { recursive: true });
  });

  it('can hang up in place of an answer', async () => {
    await start({ respond: () => ({ drop: true }) });

    await expect(post()).rejects.toThrow();

    expect(receiver!.calls()).toHaveLength(1);
  });
});
