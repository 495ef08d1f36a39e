import { describe, expect, it } from '@jest/globals';
import { fromDeadLetter, reasonOf, toDeadLetter } from './dead-letter.js';
import { DependencyUnavailable } from '@postrider/runtime';
import type { Incoming } from './intake.js';

const incoming: Incoming = {
  record: { key: Buffer.from('k'), value: Buffer.from([0xff, 0x00]), timestamp: '1', attributes: 0, offset: '41', headers: { ce_id: 'fact' } },
  received: { topic: 'p.a.b.v1', partition: 3, offset: '41', id: 'fact', publishedAt: new Date(1) },
  payload: undefined,
  fault: 'not JSON',
};

describe(toDeadLetter.name, () => {
  it('says where the record came from and why it is here', () => {
    const letter = toDeadLetter('group', incoming, { code: 'INVALID_MESSAGE', reason: 'not JSON' });

    expect(letter.headers).toMatchObject({
      'dlq-source-topic': 'p.a.b.v1', 'dlq-source-partition': '3', 'dlq-source-offset': '41', 'dlq-group': 'group', 'dlq-code': 'INVALID_MESSAGE', 'dlq-reason': 'not JSON',
    });
  });

  it('can be undone: key, bytes and headers are those of the record', () => {
    const letter = toDeadLetter('group', incoming, { code: 'X', reason: 'y' });

    const original = fromDeadLetter({ key: letter.key as Buffer, value: letter.value, headers: letter.headers });

    expect(original).toEqual({ topic: 'p.a.b.v1', message: { key: Buffer.from('k'), value: Buffer.from([0xff, 0x00]), headers: { ce_id: 'fact' } } });
  });
});

describe(reasonOf.name, () => {
  it('takes the code of an error that was meant, and calls every other a bug', () => {
    expect(reasonOf(new DependencyUnavailable('x')).code).toBe('UNAVAILABLE');
    expect(reasonOf(new TypeError('oops'))).toEqual({ code: 'BUG', reason: 'TypeError: oops' });
    expect(reasonOf('text')).toEqual({ code: 'BUG', reason: 'text' });
  });
});
