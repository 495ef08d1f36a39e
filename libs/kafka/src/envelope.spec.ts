import { describe, expect, it } from '@jest/globals';
import { ExecutionResolved } from '@postrider/contracts';
import { toRecords, traceparentOf } from './envelope.js';

describe(toRecords.name, () => {
  it('puts the payload alone into the body, and everything about it into headers', () => {
    const payload = ExecutionResolved.example;

    const [record] = toRecords(ExecutionResolved, [payload], 'audience-resolver');

    expect(record?.key).toBe(payload.executionId);
    expect(JSON.parse(record?.value?.toString() ?? '')).toEqual(payload);
    expect(record?.headers).toMatchObject({
      ce_id: `${payload.executionId}/resolved`,
      ce_type: 'audience.execution-resolved.v1',
      ce_source: 'audience-resolver',
      ce_specversion: '1.0',
      'content-type': 'application/json',
      'correlation-id': payload.executionId,
    });
  });
});

describe(traceparentOf.name, () => {
  it('derives the trace from the UUID of the execution, with a span for each record', () => {
    const id = 'UMA-0198f5a2-7d7e-5b6e-9d5c-2f1f0a7c9e11';

    const spans = new Set(Array.from({ length: 2_000 }, () => traceparentOf(id)));

    expect(spans.size).toBe(2_000);
    for (const span of spans) expect(span).toMatch(/^00-0198f5a27d7e5b6e9d5c2f1f0a7c9e11-[0-9a-f]{16}-01$/);
  });

  it('has a valid trace for any id', () => {
    expect(traceparentOf('order')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
});
