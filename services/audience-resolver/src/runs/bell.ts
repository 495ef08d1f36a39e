/** Wakes a loop that waits for work before its interval is over. Rung while nobody waits, it ends the next wait at once. */
export class Bell {
  private isRung = false;
  private answer: (() => void) | undefined;

  ring(): void {
    this.isRung = true;
    this.answer?.();
  }

  /** For one waiter at a time. */
  async wait(longestMs: number): Promise<void> {
    if (!this.isRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, longestMs);
        this.answer = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.answer = undefined;
    this.isRung = false;
  }
}

/** What happened in this process that its loops need not wait for. */
export class RunBells {
  /** There may be a shard to work on, or a worker that is free. */
  readonly work = new Bell();
  /** A run was accepted, changed, or came to the end of a shard. */
  readonly states = new Bell();
}
