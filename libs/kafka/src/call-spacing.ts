/**
 * Lets calls of few records begin at a distance from each other, so that what arrives meanwhile shares the next one: whatever
 * its size, a call costs requests to the broker and the stores, and offsets to commit.
 * Guarantee: what arrives after a quiet moment begins at once; nothing is kept longer than {@link LONGEST_MS}.
 * From one small call to the next it is four times as long as the last one took: next to nothing on an idle machine, and
 * more the busier it is. A call of many records keeps none waiting.
 */
export const LONGEST_MS = 60;
/** Of the time that a call took, from its begin on. */
const DISTANCE = 4;

export class CallSpacing {
  private nextAtMs = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  /** `resume` is called when a call may begin that could not. */
  constructor(private readonly resume: () => void) {}

  mayBegin(): boolean {
    if (performance.now() >= this.nextAtMs) return true;
    this.timer ??= this.resumeThen();
    return false;
  }

  began(isSmall: boolean): void {
    this.setNext(isSmall ? performance.now() + LONGEST_MS : -Infinity);
  }

  ended(tookMs: number): void {
    this.setNext(Math.min(this.nextAtMs, performance.now() + tookMs * (DISTANCE - 1)));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.nextAtMs = -Infinity;
  }

  /** Whoever waits is told when it is sooner than it was. */
  private setNext(atMs: number): void {
    this.nextAtMs = atMs;
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = this.resumeThen();
  }

  private resumeThen(): NodeJS.Timeout {
    return setTimeout(() => {
      this.timer = undefined;
      this.resume();
    }, Math.max(0, Math.ceil(this.nextAtMs - performance.now())));
  }
}
