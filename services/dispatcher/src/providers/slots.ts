/** Places for so many at a time, taken in order of arrival. The number may change meanwhile. */
interface Waiter {
  take: () => void;
  timer: NodeJS.Timeout;
}

export class Slots {
  private busy = 0;
  private readonly waiting: Waiter[] = [];

  constructor(private readonly places: () => number) {}

  /** False when no place was free in time. One that was taken must be left. */
  enter(patienceMs: number): Promise<boolean> {
    if (this.waiting.length === 0 && this.busy < this.places()) {
      this.busy += 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        resolve(false);
      }, patienceMs);
      const waiter: Waiter = { timer, take: () => resolve(true) };
      this.waiting.push(waiter);
    });
  }

  leave(): void {
    this.busy -= 1;
    while (this.busy < this.places()) {
      const next = this.waiting.shift();
      if (!next) return;
      clearTimeout(next.timer);
      this.busy += 1;
      next.take();
    }
  }
}
