import { describe, expect, it } from '@jest/globals';
import { pause } from './pause.js';

describe(pause.name, () => {
  it('ends when the signal is aborted', async () => {
    const stop = new AbortController();
    const paused = pause(3_600_000, stop.signal);

    stop.abort();

    await expect(paused).resolves.toBeUndefined();
  });
});
