import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeAnswer, type Answer } from './judge-answer.js';

const NOW = new Date('2026-01-01T00:00:00.000Z');
const answered = (status: number, more: Partial<Extract<Answer, { kind: 'answered' }>> = {}): Answer => ({
  kind: 'answered', status, retryAfter: undefined, disables: false, body: '', ...more,
});
const judge = (answer: Answer, spent = 0) => judgeAnswer(answer, spent, NOW, 0.5);

describe(judgeAnswer.name, () => {
  it.each([200, 201, 202, 204, 299])('takes %d as success, also with a Retry-After', (status) => {
    expect(judge(answered(status, { retryAfter: '10' }))).toEqual({ outcome: 'succeeded', state: 'delivered', spent: true, delayMs: 0 });
  });

  it.each([500, 502, 503, 504, 599, 408, 425, 429])('tries %d eleven times', (status) => {
    expect(judge(answered(status), 9)).toMatchObject({ state: 'pending', spent: true, delayMs: 86_400_000 });
    expect(judge(answered(status), 10)).toMatchObject({ outcome: 'refused', state: 'given-up' });
  });

  it.each([300, 301, 302, 307, 308, 400, 401, 403, 404, 405, 413, 422, 451])('tries %d six times', (status) => {
    expect(judge(answered(status), 4)).toMatchObject({ state: 'pending', spent: true, delayMs: 7_200_000 });
    expect(judge(answered(status), 5)).toMatchObject({ outcome: 'refused', state: 'given-up' });
  });

  it('tries eleven times where no answer came, and six where the address is not permitted', () => {
    expect(judge({ kind: 'failed', error: 'ECONNRESET' }, 9)).toMatchObject({ outcome: 'failed', state: 'pending' });
    expect(judge({ kind: 'failed', error: 'ECONNRESET' }, 10)).toMatchObject({ state: 'given-up' });
    expect(judge({ kind: 'blocked', error: 'ADDRESS_NOT_PUBLIC' }, 5)).toMatchObject({ outcome: 'blocked', state: 'given-up' });
  });

  it('stops the endpoint that is gone or wants no more, and holds what it did not take', () => {
    expect(judge(answered(410, { retryAfter: '10' }))).toEqual({ outcome: 'refused', state: 'pending', spent: false, delayMs: 0, stop: 'gone' });
    expect(judge(answered(500, { disables: true }))).toMatchObject({ state: 'pending', spent: false, stop: 'disabled' });
    expect(judge(answered(200, { disables: true }))).toMatchObject({ state: 'delivered', stop: 'disabled' });
  });

  it('pauses the endpoint that asks for it, at no cost, also at the last try', () => {
    expect(judge(answered(429, { retryAfter: '7' }), 10)).toEqual({ outcome: 'refused', state: 'pending', spent: false, delayMs: 7_000, pauseMs: 7_000 });
  });

  it('always ends: a delivery that is refused for ever is given up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }).filter((status) => status !== 410), (status) => {
        let spent = 0;
        while (judge(answered(status), spent).state === 'pending') spent += 1;
        expect([5, 10]).toContain(spent);
      }),
    );
  });
});
