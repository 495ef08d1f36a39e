import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isSignedWith } from '@postrider/testing';
import { signatureOf, signingKeyOf } from './signature.js';

const KNOWN_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe(signatureOf.name, () => {
  it('gives what the Standard Webhooks specification gives for its example', () => {
    const signature = signatureOf([signingKeyOf(KNOWN_SECRET)], 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}');

    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('is accepted by a receiver that knows either secret, whatever the body', () => {
    const older = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    const keys = [KNOWN_SECRET, older].map(signingKeyOf);

    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (body) => {
        const headers = { 'webhook-id': 'x', 'webhook-timestamp': '1000', 'webhook-signature': signatureOf(keys, 'x', 1_000, body) };
        for (const secret of [KNOWN_SECRET, older]) expect(isSignedWith([secret], { headers, body }, new Date(1_000_000))).toBe(true);
      }),
    );
  });
});

describe(signingKeyOf.name, () => {
  it.each(['', 'whsec_', 'MfKQ9r8G', 'whsec_a b', 'whsec_=', 'whsec_MfKQ9r8G\n'])('refuses %j without repeating it', (secret) => {
    expect(() => signingKeyOf(secret)).toThrow(TypeError);
    expect(() => signingKeyOf(secret)).toThrow(/^A webhook secret is not of the form whsec_<base64>\.$/);
  });
});
