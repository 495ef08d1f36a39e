import { describe, expect, it } from '@jest/globals';
import { ExecutionResolved } from '@postrider/contracts';
import type { KafkaMessage } from 'kafkajs';
import { intake } from './intake.js';

const record = (value: string | null, headers: KafkaMessage['headers'] = {}): KafkaMessage => ({
  key: null, value: value === null ? null : Buffer.from(value), timestamp: '1767225600000', attributes: 0, offset: '5', headers,
});

describe(intake.name, () => {
  it('gives the payload, and where and when it was published', () => {
    const one = intake(ExecutionResolved, 't', 2, record(JSON.stringify(ExecutionResolved.example), { ce_id: Buffer.from('fact') }));

    expect(one.payload).toEqual(ExecutionResolved.example);
    expect(one.received).toMatchObject({ topic: 't', partition: 2, offset: '5', id: 'fact', publishedAt: new Date('2026-01-01T00:00:00.000Z') });
    expect(one.fault).toBeUndefined();
  });

  it('leaves out fields that a later producer added', () => {
    const one = intake(ExecutionResolved, 't', 0, record(JSON.stringify({ ...ExecutionResolved.example, later: true })));

    expect(one.payload).toEqual(ExecutionResolved.example);
  });

  it('names what is wrong with a record that it cannot give', () => {
    expect(intake(ExecutionResolved, 't', 0, record(null)).fault).toBe('The record has no body.');
    expect(intake(ExecutionResolved, 't', 0, record('{')).fault).toBe('The body is not JSON.');
    expect(intake(ExecutionResolved, 't', 0, record(JSON.stringify({ ...ExecutionResolved.example, targeted: -1 }))).fault).toMatch(/^targeted: /);
  });
});
