/**
 * Group commit: while one statement runs, what comes waits together for the next.
 * Guarantee: each item is given to one run and answered by it; an error of a run is that of its items alone.
 * Limits: up to `concurrency` runs at once, `maxItems` a run; there is no delay to make groups bigger.
 */
export interface GroupedWorkOptions<Item, Answer> {
  maxItems: number;
  concurrency?: number;
  /** Answers in the order of the items. */
  run: (items: readonly Item[]) => Promise<Answer[]>;
}

interface Waiting<Item, Answer> {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

const DEFAULT_CONCURRENCY = 2;

export class GroupedWork<Item, Answer> {
  private waiting: Waiting<Item, Answer>[] = [];
  private running = 0;
  private isScheduled = false;

  constructor(private readonly options: GroupedWorkOptions<Item, Answer>) {}

  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  addAll(items: readonly Item[]): Promise<Answer[]> {
    return Promise.all(items.map((item) => this.add(item)));
  }

  private schedule(): void {
    if (this.isScheduled || this.running >= (this.options.concurrency ?? DEFAULT_CONCURRENCY)) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      if (this.waiting.length > 0) void this.runGroup(this.waiting.splice(0, this.options.maxItems));
      if (this.waiting.length > 0) this.schedule();
    });
  }

  private async runGroup(group: readonly Waiting<Item, Answer>[]): Promise<void> {
    this.running += 1;
    try {
      const answers = await this.options.run(group.map(({ item }) => item));
      group.forEach(({ resolve }, i) => resolve(answers[i] as Answer));
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      this.running -= 1;
      if (this.waiting.length > 0) this.schedule();
    }
  }
}
