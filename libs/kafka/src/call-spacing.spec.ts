import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CallSpacing, LONGEST_MS } from './call-spacing.js';

describe(CallSpacing.name, () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  function aSpacing(): { spacing: CallSpacing; resumedAt: number[] } {
    const resumedAt: number[] = [];
    const startedAt = performance.now();
    return { spacing: new CallSpacing(() => resumedAt.push(performance.now() - startedAt)), resumedAt };
  }

  it('lets the first call begin at once, and any after a quiet moment', () => {
    const { spacing } = aSpacing();
    const answers = [spacing.mayBegin()];
    spacing.began(true);
    jest.advanceTimersByTime(5);
    spacing.ended(5);
    jest.advanceTimersByTime(LONGEST_MS);

    answers.push(spacing.mayBegin());

    expect(answers).toEqual([true, true]);
  });

  it('keeps the next one waiting from the begin of a small call for four times as long as it took, and says when it may begin', () => {
    const { spacing, resumedAt } = aSpacing();
    spacing.began(true);
    const answers = [spacing.mayBegin()];
    jest.advanceTimersByTime(5);
    spacing.ended(5);

    jest.advanceTimersByTime(14);
    answers.push(spacing.mayBegin());
    jest.advanceTimersByTime(1);
    answers.push(spacing.mayBegin());

    expect(answers).toEqual([false, false, true]);
    expect(resumedAt).toEqual([20]);
  });

  it('keeps nothing longer than the longest time, however slow a call is', () => {
    const { spacing, resumedAt } = aSpacing();
    spacing.began(true);
    spacing.mayBegin();
    jest.advanceTimersByTime(LONGEST_MS - 10);
    spacing.ended(LONGEST_MS - 10);
    jest.advanceTimersByTime(1_000);

    expect(resumedAt).toEqual([LONGEST_MS]);
  });

  it('keeps nothing waiting for a call of many records', () => {
    const { spacing } = aSpacing();
    spacing.began(false);
    const answers = [spacing.mayBegin()];
    jest.advanceTimersByTime(40);
    spacing.ended(40);
    answers.push(spacing.mayBegin());

    expect(answers).toEqual([true, true]);
  });

  it('lets calls begin, and calls nobody, once it is stopped', () => {
    const { spacing, resumedAt } = aSpacing();
    spacing.began(true);
    spacing.mayBegin();

    spacing.stop();
    jest.advanceTimersByTime(1_000);

    expect([spacing.mayBegin(), resumedAt]).toEqual([true, []]);
  });
});
