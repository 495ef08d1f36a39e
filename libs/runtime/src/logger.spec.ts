import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { Logger } from './logger.js';

function capture(): { logger: Logger; lines: () => Record<string, unknown>[] } {
  const written: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString());
      done();
    },
  });
  return { logger: Logger.create('spec', 'info', sink), lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe(Logger.name, () => {
  it('writes one JSON line with the event, the service and the fields', () => {
    const { logger, lines } = capture();

    logger.info('batch.handled', { count: 3 });

    expect(lines()).toEqual([expect.objectContaining({ event: 'batch.handled', service: 'spec', level: 'info', count: 3 })]);
  });

  it('cuts addresses out of error texts, causes included', () => {
    const { logger, lines } = capture();

    logger.error('send.failed', { error: new Error('550 <ada@shop.test> unknown', { cause: new Error('to bob@shop.test') }) });

    expect(JSON.stringify(lines())).not.toMatch(/ada@|bob@/);
    expect(JSON.stringify(lines())).toContain('[address]');
  });

  it('hides secrets', () => {
    const { logger, lines } = capture();

    logger.warn('call.refused', { token: 'abc', headers: { authorization: 'Bearer abc' } });

    expect(JSON.stringify(lines())).not.toContain('abc');
  });
});
