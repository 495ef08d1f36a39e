/**
 * Group commit: while one statement runs, what comes waits together for the next.
 * Guarantee: each item is answered by a run that had it; an error of a run is that of its items alone. An item that no run
 * can do does not take its neighbours with it: the items of such a run are run again one by one, so runs must be repeatable.
 * Limits: up to `concurrency` groups at once, `maxItems` a group; there is no delay to make groups bigger.
 * Failure modes: when trying again could help, all items of the group are told so, and none is run again here.
 */
import { kindOf } from '@postrider/runtime';

export interface GroupedWorkOptions<Item, Answer> {
  maxItems: number;
  concurrency?: number;
  /** Answers in the order of the items. */
  run: (items: readonly Item[]) => Promise<Answer[]>;
}

interface Waiting<Item, Answer> {
  item: Item;
  /** On the monotonic clock. */
  since: number;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

const DEFAULT_CONCURRENCY = 2;

export class GroupedWork<Item, Answer> {
  private waiting: Waiting<Item, Answer>[] = [];
  private readonly running = new Set<readonly Waiting<Item, Answer>[]>();
  private isScheduled = false;

  constructor(private readonly options: GroupedWorkOptions<Item, Answer>) {}

  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, since: performance.now(), resolve, reject });
      this.schedule();
    });
  }

  addAll(items: readonly Item[]): Promise<Answer[]> {
    return Promise.all(items.map((item) => this.add(item)));
  }

  /** How long the oldest item has been without an answer. */
  get oldestMs(): number {
    const [group] = this.running;
    const oldest = group?.[0] ?? this.waiting[0];
    return oldest ? performance.now() - oldest.since : 0;
  }

  private schedule(): void {
    if (this.isScheduled || this.running.size >= (this.options.concurrency ?? DEFAULT_CONCURRENCY)) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      if (this.waiting.length > 0) void this.runGroup(this.waiting.splice(0, this.options.maxItems));
      if (this.waiting.length > 0) this.schedule();
    });
  }

  private async runGroup(group: readonly Waiting<Item, Answer>[]): Promise<void> {
    this.running.add(group);
    await this.settle(group);
    this.running.delete(group);
    if (this.waiting.length > 0) this.schedule();
  }

  private async settle(group: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.options.run(group.map(({ item }) => item));
      group.forEach(({ resolve }, i) => resolve(answers[i] as Answer));
    } catch (error) {
      if (group.length > 1 && kindOf(error) === 'bug') for (const one of group) await this.settle([one]);
      else for (const { reject } of group) reject(error);
    }
  }
}
