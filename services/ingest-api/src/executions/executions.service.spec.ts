import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AcceptedCall, RecipientStatus } from '@postrider/contracts';
import type { Sql } from '@postrider/database';
import { aCallRecipient } from '../../test/builders.js';
import type { Runs } from '../audiences/runs.service.js';
import type { DispatcherClient } from './dispatcher.client.js';
import type { ExecutionRow } from './execution-queries.js';
import { cursorAfter, cursorOf, idAfter, offsetOf } from './cursors.js';
import { ExecutionsService } from './executions.service.js';

const NOW = new Date('2026-01-01T00:00:00.000Z');
const NONE = { sent: 0, failed: 0, excluded: 0, expired: 0, cancelled: 0, unknown: 0 };

function anAnswer(recipients: number): AcceptedCall {
  const results = Array.from({ length: recipients }, (_one, index) => ({ index, userId: aCallRecipient().userId, messageId: `m-${index}`, result: 'accepted' as const }));
  return { executionId: 'UMA-1', requestId: 'r', createdAt: NOW.toISOString(), createdBy: 'key', modifiedAt: NOW.toISOString(), modifiedBy: 'key', recipients: results };
}

function aRow(overrides: Partial<ExecutionRow> = {}): ExecutionRow {
  return {
    executionId: 'UMA-1', requestId: 'r', campaignId: 'c', isAbandoned: false, namespace: 'email', targeted: 4, ledgerTargeted: null, audienceId: null, isPaused: false, counted: null,
    createdAt: NOW, createdBy: 'key', expiresAt: NOW, completedAt: null, answer: anAnswer(4), ...overrides,
  };
}

/** The service over one execution and what the ledger has of its messages. */
function serviceOver(row: ExecutionRow | undefined, messages: Partial<RecipientStatus>[] = []): ExecutionsService {
  const query = async (_statement: string, _values: unknown[], { name }: { name: string }) => (name === 'messages-of-execution' ? messages : row ? [row] : []);
  return new ExecutionsService({ query } as unknown as Sql, {} as DispatcherClient, {} as Runs);
}

const statusOf = (overrides: Partial<ExecutionRow>) => serviceOver(aRow(overrides)).status('acme/prod', 'UMA-1');

describe(`${ExecutionsService.name}: the status`, () => {
  it.each([
    ['InProgress', 'nothing is counted yet', { counted: null }],
    ['InProgress', 'one is pending', { counted: { ...NONE, sent: 3 } }],
    ['Succeeded', 'all were sent', { counted: { ...NONE, sent: 4 } }],
    ['Succeeded', 'one was sent and the others failed', { counted: { ...NONE, sent: 1, failed: 3 } }],
    ['Succeeded', 'none was to be sent to', { counted: { ...NONE, excluded: 4 } }],
    ['Failed', 'none was sent and one failed', { counted: { ...NONE, failed: 1, expired: 3 } }],
    ['Abandoned', 'it was never published', { isAbandoned: true }],
  ])('is %s when %s', async (word, _when, row) => {
    expect((await statusOf(row)).status).toBe(word);
  });

  it('has totals that add up to the targeted ones, whatever the ledger has counted (I0)', async () => {
    const count = fc.nat({ max: 5 });
    const counted = fc.option(fc.record({ sent: count, failed: count, excluded: count, expired: count, cancelled: count, unknown: count }));

    await fc.assert(
      fc.asyncProperty(counted, fc.nat({ max: 20 }), fc.boolean(), async (ends, waiting, isAbandoned) => {
        const ended = ends ? Object.values(ends).reduce((sum, one) => sum + one, 0) : 0;

        const { totals, status } = await statusOf({ counted: ends, targeted: ended + waiting, isAbandoned });

        const { targeted, ...states } = totals;
        expect(Object.values(states).reduce((sum, one) => sum + one, 0)).toBe(targeted);
        expect(totals.pending).toBe(isAbandoned ? 0 : waiting);
        expect(status === 'InProgress').toBe(!isAbandoned && waiting > 0);
      }),
    );
  });

  it.each(['', 'nul\0', 'half\ud83d'])('is not asked of the database for the id %j', async (id) => {
    await expect(serviceOver(aRow()).status('acme/prod', id)).rejects.toMatchObject({ code: 'EXECUTION_NOT_FOUND' });
  });

  it('is that of nothing where the tenant has no such execution', async () => {
    await expect(serviceOver(undefined).status('acme/prod', 'UMA-1')).rejects.toMatchObject({ code: 'EXECUTION_NOT_FOUND', status: 404 });
    await expect(serviceOver(undefined).statusByRequest('acme/prod', 'r', 'c')).rejects.toMatchObject({ code: 'EXECUTION_NOT_FOUND' });
  });
});

describe(`${ExecutionsService.name}: pages of recipients`, () => {
  it('are of a hundred, and the cursors lead through all of them once, in order', async () => {
    const service = serviceOver(aRow({ answer: anAnswer(250) }));
    const seen: string[] = [];
    const lengths: number[] = [];

    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await service.recipients('acme/prod', 'UMA-1', { cursor });
      lengths.push(page.items.length);
      seen.push(...page.items.map(({ messageId }) => messageId));
      cursor = page.nextCursor;
    }

    expect(lengths).toEqual([100, 100, 50]);
    expect(seen).toEqual(Array.from({ length: 250 }, (_one, i) => `m-${i}`));
  });

  it('end exactly at the last recipient, and are empty beyond it', async () => {
    const service = serviceOver(aRow({ answer: anAnswer(100) }));

    expect((await service.recipients('acme/prod', 'UMA-1', {})).nextCursor).toBeNull();
    expect(await service.recipients('acme/prod', 'UMA-1', { cursor: cursorOf(100) })).toEqual({ items: [], nextCursor: null });
  });

  it('leave out whom the call rejected', async () => {
    const answer = anAnswer(2);
    answer.recipients.push({ index: 2, userId: 'x', messageId: null, result: 'rejected', error: { code: 'INVALID_IDENTITY', message: '' } });

    expect((await serviceOver(aRow({ answer })).recipients('acme/prod', 'UMA-1', {})).items).toHaveLength(2);
  });
});

describe('a cursor', () => {
  it('is read as what it was made of', () => {
    fc.assert(fc.property(fc.nat({ max: 999_999_999 }), (offset) => offsetOf(cursorOf(offset)) === offset));
    expect(offsetOf(undefined)).toBe(0);
  });

  it('after an id is read as that id, and one of the other list is refused', () => {
    fc.assert(fc.property(fc.uuid(), (id) => idAfter(cursorAfter(id)) === id));
    expect(idAfter(undefined)).toBeUndefined();
    expect(() => idAfter(cursorOf(100))).toThrow(expect.objectContaining({ code: 'INVALID_QUERY' }));
  });

  it.each(['', 'nonsense', cursorOf(-1), cursorOf(1.5), cursorOf(1e10), '%00'])('is refused when it is %j', (cursor) => {
    expect(() => offsetOf(cursor)).toThrow(expect.objectContaining({ code: 'INVALID_QUERY', status: 400 }));
  });
});
