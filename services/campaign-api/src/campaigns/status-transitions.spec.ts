import { describe, expect, it } from '@jest/globals';
import { CampaignStatus } from '@postrider/contracts';
import fc from 'fast-check';
import { completionOf, isAllowed, outcomesOf, statusInWindow, type CampaignAction } from './status-transitions.js';

const ACTIONS: readonly CampaignAction[] = ['edit', 'activate', 'begin', 'end', 'stop', 'archive', 'delete'];
const anAction = fc.constantFrom(...ACTIONS);
const aMoment = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });

/** The statuses that a run of actions goes through, one outcome of each action chosen. */
function walk(actions: readonly { action: CampaignAction; pick: number }[]): CampaignStatus[] {
  const seen: CampaignStatus[] = ['Draft'];
  for (const { action, pick } of actions) {
    const outcomes = outcomesOf(seen.at(-1) ?? 'Draft', action);
    const next = outcomes[pick % Math.max(1, outcomes.length)];
    if (next) seen.push(next);
  }
  return seen;
}

const aRun = fc.array(fc.record({ action: anAction, pick: fc.nat(3) }), { maxLength: 40 }).map(walk);

describe(isAllowed.name, () => {
  it.each([
    ['Draft', ['edit', 'activate', 'delete']],
    ['Scheduled', ['edit', 'activate', 'begin', 'end', 'stop']],
    ['Live', ['edit', 'activate', 'end', 'stop']],
    ['Stopped', ['stop', 'archive']],
    ['Completed', ['archive']],
    ['Archived', ['archive']],
  ] as const)('permits what is listed for %s and nothing else', (status, allowed) => {
    expect(ACTIONS.filter((action) => isAllowed(status, action))).toEqual(allowed);
  });

  it('never lets a campaign that is over be live again', () => {
    fc.assert(fc.property(aRun, (statuses) => {
      const over = statuses.findIndex((status) => ['Stopped', 'Completed', 'Archived'].includes(status));

      return over < 0 || statuses.slice(over).every((status) => !['Draft', 'Scheduled', 'Live'].includes(status));
    }));
  });

  it('never turns a campaign that was activated into one that can be deleted', () => {
    fc.assert(fc.property(aRun, (statuses) => {
      const activated = statuses.findIndex((status) => status !== 'Draft');

      return activated < 0 || statuses.slice(activated).every((status) => !isAllowed(status, 'delete'));
    }));
  });

  it('leads to known statuses only', () => {
    fc.assert(fc.property(fc.constantFrom(...CampaignStatus.options), anAction, (status, action) =>
      outcomesOf(status, action).every((outcome) => outcome === null || CampaignStatus.options.includes(outcome)),
    ));
  });
});

describe(statusInWindow.name, () => {
  it('is Live from the start on and Completed from the end on', () => {
    const [startAt, endAt] = [new Date('2026-02-01'), new Date('2026-03-01')];
    const at = (moment: string): string => statusInWindow({ startAt, endAt }, new Date(moment));

    expect(at('2026-01-31T23:59:59.999Z')).toBe('Scheduled');
    expect(at('2026-02-01')).toBe('Live');
    expect(at('2026-02-28T23:59:59.999Z')).toBe('Live');
    expect(at('2026-03-01')).toBe('Completed');
  });

  it('never goes back as time passes', () => {
    const order = ['Scheduled', 'Live', 'Completed'];
    const maybe = fc.option(aMoment);

    fc.assert(fc.property(maybe, maybe, aMoment, aMoment, (startAt, endAt, one, other) => {
      const [earlier, later] = one <= other ? [one, other] : [other, one];

      return order.indexOf(statusInWindow({ startAt, endAt }, earlier)) <= order.indexOf(statusInWindow({ startAt, endAt }, later));
    }));
  });
});

describe(completionOf.name, () => {
  const activatedAt = new Date('2026-03-27T22:00:00Z');
  const threeDays = 3 * 24 * 60 * 60 * 1_000;

  it('is three days after the activation of a marketing campaign, or after a start to come', () => {
    const startAt = new Date('2026-06-01T00:00:00Z');

    expect(completionOf('marketing', { startAt: null, endAt: null }, activatedAt)).toEqual(new Date('2026-03-30T22:00:00Z'));
    expect(completionOf('marketing', { startAt, endAt: null }, activatedAt)).toEqual(new Date(startAt.getTime() + threeDays));
    expect(completionOf('marketing', { startAt: new Date('2020-01-01'), endAt: null }, activatedAt)).toEqual(new Date(activatedAt.getTime() + threeDays));
  });

  it('never comes for campaigns with an end, and for transactional ones', () => {
    expect(completionOf('marketing', { startAt: null, endAt: new Date('2027-01-01') }, activatedAt)).toBeNull();
    expect(completionOf('transactional', { startAt: null, endAt: null }, activatedAt)).toBeNull();
  });
});
