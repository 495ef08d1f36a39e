import { ExecutionResolved, RecipientReady } from '@postrider/contracts';
import { describe, expect, it } from '@jest/globals';
import { readyRecords } from './ready-records.js';

describe(readyRecords.name, () => {
  const records = readyRecords({ stack: { orgId: 'acme', sandbox: 'prod' }, campaignId: 'c', campaignVersionId: 'v', runId: 'r', messages: 45 });

  it('keeps to the contracts, with one message for each recipient', () => {
    expect(records.ready.every((one) => RecipientReady.payload.safeParse(one).success)).toBe(true);
    expect(records.resolved.every((one) => ExecutionResolved.payload.safeParse(one).success)).toBe(true);
    expect(new Set(records.ready.map(({ messageId }) => messageId)).size).toBe(45);
  });

  it('targets as many recipients as each execution has', () => {
    expect(records.resolved.map(({ targeted }) => targeted)).toEqual([20, 20, 5]);
  });
});
