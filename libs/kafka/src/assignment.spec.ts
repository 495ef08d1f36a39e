import { describe, expect, it } from '@jest/globals';
import { Logger } from '@postrider/runtime';
import { eventually } from '@postrider/testing';
import type { KafkaMessage } from 'kafkajs';
import { Assignment, type AssignmentOptions } from './assignment.js';
import { LaneGate, NO_LANE } from './lane-gate.js';

const records = (...offsets: number[]): KafkaMessage[] => offsets.map((offset) => ({ offset: String(offset), timestamp: String(1_000 + offset) }) as KafkaMessage);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Call {
  offsets: Record<number, string[]>;
  signal: AbortSignal;
  finish: (isHandled: boolean) => void;
}

function anAssignment(options: Partial<AssignmentOptions> = {}): { assignment: Assignment; calls: Call[]; committed: Map<number, string> } {
  const calls: Call[] = [];
  const committed = new Map<number, string>();
  const assignment = new Assignment({
    topic: 't',
    concurrentBatches: 2,
    // So few that no call is a small one, which the next keeps a distance to.
    maxBatchMessages: 4,
    logger: Logger.create('spec', 'silent'),
    lane: NO_LANE,
    handle: (portions, signal) =>
      new Promise((finish) => {
        calls.push({ signal, finish, offsets: Object.fromEntries(portions.map(({ partition, items }) => [partition, items.map(({ offset }) => offset)])) });
      }),
    commit: async (offsets) => offsets.forEach(({ partition, offset }) => committed.set(partition, offset)),
    ...options,
  });
  return { assignment, calls, committed };
}

describe(Assignment.name, () => {
  it('gives one call what arrived in several partitions at the same time', async () => {
    const { assignment, calls } = anAssignment();

    assignment.add(0, records(1, 2), '3');
    assignment.add(1, records(7), '8');
    await turn();

    expect(calls.map(({ offsets }) => offsets)).toEqual([{ 0: ['1', '2'], 1: ['7'] }]);
  });

  it('runs calls at once on disjoint partitions, and no more of them than it may', async () => {
    const { assignment, calls } = anAssignment();
    assignment.add(0, records(1), '9');
    await turn();

    assignment.add(0, records(2), '9');
    assignment.add(1, records(5), '9');
    await turn();
    assignment.add(2, records(6), '9');
    await turn();

    expect(calls.map(({ offsets }) => offsets)).toEqual([{ 0: ['1'] }, { 1: ['5'] }]);
    expect(assignment.callsInFlight).toBe(2);
  });

  it('asks for more only when all that it has is in work', async () => {
    const { assignment, calls } = anAssignment({ concurrentBatches: 1 });
    assignment.add(0, records(1), '9');
    await turn();
    assignment.add(1, records(2), '9');
    let hasRoom = false;
    void assignment.room().then(() => (hasRoom = true));
    await turn();
    const early = hasRoom;

    calls[0]?.finish(true);
    await turn();
    await turn();

    expect([early, hasRoom]).toEqual([false, true]);
  });

  it('asks for more of other partitions while one is slow', async () => {
    const { assignment, calls } = anAssignment();
    assignment.add(0, records(1), '9');
    await turn();
    assignment.add(0, records(2, 3), '9');
    await turn();

    await assignment.room();
    assignment.add(1, records(7), '9');
    await turn();

    expect(calls.map(({ offsets }) => offsets)).toEqual([{ 0: ['1'] }, { 1: ['7'] }]);
  });

  it('gives what arrives shortly after a call of few records to one call, and fetches nothing until then', async () => {
    const { assignment, calls } = anAssignment({ maxBatchMessages: 100 });
    assignment.add(0, records(1), '9');
    let hasRoom = false;
    void assignment.room().then(() => (hasRoom = true));
    await turn();
    assignment.add(1, records(5), '9');
    await turn();
    assignment.add(2, records(6), '9');
    await turn();
    const early = { calls: calls.length, hasRoom };

    await eventually(() => expect(calls).toHaveLength(2));

    expect(early).toEqual({ calls: 1, hasRoom: false });
    expect(calls[1]?.offsets).toEqual({ 1: ['5'], 2: ['6'] });
  });

  it('keeps a quarter of a call from waiting, and fetches on beside a call as large', async () => {
    const { assignment, calls } = anAssignment({ maxBatchMessages: 8 });
    assignment.add(0, records(1), '9');
    await turn();
    assignment.add(1, records(5), '9');
    await turn();
    const early = calls.length;

    assignment.add(2, records(6), '9');
    await turn();
    await assignment.room();

    expect([early, calls.length]).toEqual([1, 2]);
    expect(calls[1]?.offsets).toEqual({ 1: ['5'], 2: ['6'] });
  });

  it('commits the offset behind what was handled, and nothing before', async () => {
    const { assignment, calls, committed } = anAssignment();
    assignment.add(0, records(4, 5), '6');
    await turn();
    const early = new Map(committed);

    calls[0]?.finish(true);
    await turn();
    await assignment.end(1_000);

    expect([early, committed]).toEqual([new Map(), new Map([[0, '6']])]);
  });

  it('lets a call that works finish at its end, commits it, and starts no other', async () => {
    const { assignment, calls, committed } = anAssignment({ concurrentBatches: 1 });
    assignment.add(0, records(1), '9');
    await turn();
    assignment.add(1, records(2), '9');

    const ended = assignment.end(60_000);
    const wasAborted = calls[0]?.signal.aborted;
    calls[0]?.finish(true);
    await ended;
    await turn();

    expect(wasAborted).toBe(true);
    expect(committed).toEqual(new Map([[0, '2']]));
    expect(calls).toHaveLength(1);
  });

  it('commits nothing of a call that comes back after the deadline', async () => {
    const { assignment, calls, committed } = anAssignment();
    assignment.add(0, records(1), '9');
    await turn();

    await assignment.end(1);
    calls[0]?.finish(true);
    await turn();
    await turn();

    expect(committed).toEqual(new Map());
  });

  it('tells how far behind it is, and how old the oldest record is', async () => {
    const { assignment, calls } = anAssignment({ concurrentBatches: 1 });
    assignment.add(0, records(1, 2), '10');
    await turn();
    assignment.add(1, records(0), '1');

    const before = { lags: [...assignment.lags()], oldest: assignment.oldestPublishedAt() };
    calls[0]?.finish(true);
    await turn();
    calls[1]?.finish(true);
    await turn();

    expect(before).toEqual({ lags: [[0, 9], [1, 1]], oldest: 1_000 });
    expect([...assignment.lags()]).toEqual([[0, 7], [1, 0]]);
    expect(assignment.oldestPublishedAt()).toBeUndefined();
  });

  it('begins no bulk call while the transactional lane has work, nor right after, and goes on by itself then', async () => {
    const gate = new LaneGate();
    const first = anAssignment({ lane: gate.first() });
    const second = anAssignment({ lane: gate.second(() => second.assignment.resume()) });
    first.assignment.add(0, records(1), '2');
    second.assignment.add(0, records(1), '2');
    await turn();

    const during = second.calls.length;
    first.calls[0]?.finish(true);
    await turn();
    await turn();
    const rightAfter = second.calls.length;
    await eventually(() => expect(second.calls.length).toBe(1));

    expect([during, rightAfter]).toEqual([0, 0]);
  });

  it('tells its lane of the end of each call before it takes what waits', async () => {
    const told: string[] = [];
    const lane = { ...NO_LANE, mayStart: () => told.push('asked') > 0, share: () => 0.01, ended: (tookMs: number) => void told.push(tookMs >= 0 ? 'ended' : 'nonsense') };
    const { assignment, calls } = anAssignment({ lane });
    assignment.add(0, records(1, 2), '3');
    await turn();
    const before = told.splice(0);

    calls[0]?.finish(true);
    await turn();
    await turn();

    expect(calls).toHaveLength(2);
    expect(before).not.toContain('ended');
    expect(told.slice(0, 2)).toEqual(['ended', 'asked']);
  });
});
