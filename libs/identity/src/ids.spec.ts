import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { audienceExecutionIdOf, executionIdOf, messageIdOf, recipientKeyOf, scheduleIdOf, uuidV5 } from './index.js';
import { bytesOfUuid } from './uuid-v5.js';

describe(uuidV5.name, () => {
  it('gives the example of RFC 9562, appendix A.4', () => {
    const dns = bytesOfUuid('6ba7b810-9dad-11d1-80b4-00c04fd430c8');

    expect(uuidV5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('always has the version and the variant of the RFC', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(uuidV5(Buffer.alloc(16), name)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      }),
    );
  });
});

describe('deterministic ids', () => {
  it('never change, because stored rows carry them', () => {
    const executionId = executionIdOf('acme/prod', 'campaign-1', 'request-1');
    const recipientKey = recipientKeyOf('acme/prod', 'email', 'ada@shop.test');

    expect(executionId).toBe('UMA-15b0a83b-9124-5631-92b4-9342b0c78151');
    expect(recipientKey).toBe('6abec3bc667ad3e11e2b22f2db6f4fea');
    expect(audienceExecutionIdOf('acme/prod', 'campaign-1', 'request-1')).toBe('CMA-5e53900e-8131-5113-9367-9d74e61a37d5');
    expect(scheduleIdOf('acme/prod', 'campaign-1', 'request-1')).toBe('SCH-56f98532-929e-58ce-8253-10972d4cc830');
    expect(messageIdOf(executionId, recipientKey, 'email')).toBe('6aef0b18-4e1b-598a-8c05-d56785a2d32d');
  });

  it('differ as soon as one part differs', () => {
    const ids = [
      executionIdOf('acme/prod', 'c', 'r'),
      executionIdOf('acme/dev', 'c', 'r'),
      executionIdOf('acme/prod', 'c2', 'r'),
      executionIdOf('acme/prod', 'c', 'r2'),
      executionIdOf('acme/prod', 'c', 'r\0'),
      audienceExecutionIdOf('acme/prod', 'c', 'r'),
      scheduleIdOf('acme/prod', 'c', 'r'),
    ];

    expect(new Set(ids).size).toBe(ids.length);
    expect(messageIdOf('e', 'k', 'email')).not.toBe(messageIdOf('e', 'k2', 'email'));
  });
});

describe(recipientKeyOf.name, () => {
  it('is the start of a SHA-256 over tenant, namespace and value', () => {
    const whole = createHash('sha256').update('acme/prod\0email\0ada@shop.test').digest('hex');

    expect(recipientKeyOf('acme/prod', 'Email', 'ada@shop.test')).toBe(whole.slice(0, 32));
  });

  it('keeps tenants apart', () => {
    expect(recipientKeyOf('acme/prod', 'email', 'ada@shop.test')).not.toBe(recipientKeyOf('acme/dev', 'email', 'ada@shop.test'));
  });
});
