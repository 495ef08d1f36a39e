import { describe, expect, it } from '@jest/globals';
import { eventually } from '@postrider/testing';
import { LaneGate } from './lane-gate.js';

describe(LaneGate.name, () => {
  it('lets bulk begin where nothing transactional has ever come', () => {
    expect(new LaneGate().second(() => undefined).mayStart()).toBe(true);
  });

  it('holds bulk until every transactional topic rests, and for a calm time after', async () => {
    const gate = new LaneGate(15);
    const [orders, resets] = [gate.first(), gate.first()];
    let resumed = 0;
    const bulk = gate.second(() => resumed++);
    orders.worked(true);
    resets.worked(true);

    const answers = [bulk.mayStart()];
    orders.worked(false);
    answers.push(bulk.mayStart());
    resets.worked(false);
    answers.push(bulk.mayStart());
    await eventually(() => expect(resumed).toBe(1));
    answers.push(bulk.mayStart());

    expect(answers).toEqual([false, false, false, true]);
    expect(bulk.heldMs).toBeGreaterThan(10);
  });

  it('counts the calm time from the last of many short works', () => {
    let now = 0;
    const gate = new LaneGate(20, () => now);
    const [first, bulk] = [gate.first(), gate.second(() => undefined)];

    const answers = Array.from({ length: 5 }, () => {
      first.worked(true);
      now += 1;
      first.worked(false);
      now += 10;
      return bulk.mayStart();
    });
    now += 10;

    expect(answers).toEqual([false, false, false, false, false]);
    expect(bulk.mayStart()).toBe(true);
    expect(bulk.heldMs).toBe(54);
  });

  it('gives bulk a share of its batches while transactional records keep coming, and whole ones a second after the last', () => {
    let now = 0;
    const gate = new LaneGate(20, () => now);
    const [first, bulk] = [gate.first(), gate.second(() => undefined)];

    const shares = [bulk.share()];
    first.worked(true);
    first.worked(false);
    now += 999;
    shares.push(bulk.share());
    now += 1;
    shares.push(bulk.share());

    expect(shares).toEqual([1, 0.4, 1]);
    expect(first.share()).toBe(1);
  });

  it('lets bulk rest four times as long as its call took while transactional records keep coming', async () => {
    let now = 0;
    let resumed = 0;
    const gate = new LaneGate(20, () => now);
    const [first, bulk] = [gate.first(), gate.second(() => resumed++)];
    first.worked(true);
    first.worked(false);
    now += 30;

    const answers = [bulk.mayStart()];
    bulk.ended(10);
    now += 39;
    answers.push(bulk.mayStart(), bulk.mayStart());
    await eventually(() => expect(resumed).toBe(1));
    now += 1;
    answers.push(bulk.mayStart());
    bulk.ended(60_000);
    now += 500;
    answers.push(bulk.mayStart());

    expect(answers).toEqual([true, false, false, true, true]);
    expect(resumed).toBe(1);
  });

  it('lets bulk go on at once where nothing transactional comes', () => {
    let now = 0;
    const gate = new LaneGate(20, () => now);
    const [first, bulk] = [gate.first(), gate.second(() => undefined)];
    first.worked(true);
    first.worked(false);
    now += 990;
    bulk.ended(100);

    const resting = bulk.mayStart();
    now += 10;

    expect([resting, bulk.mayStart()]).toEqual([false, true]);
  });

  it('tells bulk work beside the topics when it may begin', async () => {
    const gate = new LaneGate(5);
    const first = gate.first();
    const begun: string[] = [];
    await gate.opened().then(() => begun.push('while nothing was there'));

    first.worked(true);
    const held = gate.opened().then(() => begun.push('after the rest'));
    begun.push('transactional');
    first.worked(false);
    await held;

    expect(begun).toEqual(['while nothing was there', 'transactional', 'after the rest']);
  });

  it('is told of the same state twice and counts it once', () => {
    const gate = new LaneGate(0);
    const first = gate.first();
    first.worked(true);
    first.worked(true);

    first.worked(false);

    expect(gate.second(() => undefined).mayStart()).toBe(true);
  });
});
