import { describe, expect, it } from '@jest/globals';
import { DependencyUnavailable, type Logger } from '@postrider/runtime';
import { eventually } from '@postrider/testing';
import { Background, type BackgroundWork } from './background.service.js';

describe(Background.name, () => {
  const told: string[] = [];
  const logger = { warn: (event: string) => told.push(`warn ${event}`), error: (event: string) => told.push(`error ${event}`) } as unknown as Logger;
  const start = (...work: BackgroundWork[]): Background => {
    const background = new Background(work, logger);
    background.onApplicationBootstrap();
    return background;
  };

  it('goes on after a failure, and tells an outage from a bug', async () => {
    const errors = [new DependencyUnavailable('postgres', new Error('gone')), new TypeError('a bug')];
    let runs = 0;
    const run = async (): Promise<void> => {
      const error = errors[runs++];
      if (error) throw error;
    };
    const background = start({ what: 'x', everyMs: 1, atOnce: 1, run });

    await eventually(() => expect(runs).toBeGreaterThan(3));
    await background.beforeApplicationShutdown();

    expect(told).toEqual(['warn background.failed', 'error background.failed']);
  });

  it('begins one more beside a run that hangs, and no third; others have their turns', async () => {
    let [hanging, others] = [0, 0];
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const background = start(
      { what: 'hangs', everyMs: 1, atOnce: 2, run: () => (hanging++, ended) },
      { what: 'other', everyMs: 1, atOnce: 1, run: async () => void others++ },
    );

    await eventually(() => expect([hanging, others > 5]).toEqual([2, true]));
    const stopped = background.beforeApplicationShutdown();
    end();
    await stopped;

    expect(hanging).toBe(2);
  });
});
