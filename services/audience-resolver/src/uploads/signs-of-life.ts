const EVERY_MS = 1_000;

/** Calls `touch` every second while `work` goes on, never twice at once. A touch that fails is followed by the next one. */
export async function withSignsOfLife<T>(touch: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  let touching: Promise<void> | undefined;
  const timer = setInterval(() => {
    touching ??= touch()
      .catch(() => undefined)
      .finally(() => (touching = undefined));
  }, EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await touching;
  }
}
