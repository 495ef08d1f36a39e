/**
 * Group commit: while one statement runs, what comes waits together for the next.
 * Guarantee: each item is answered by a run that had it; an error of a run is that of its items alone. An item that no run
 * can do does not take its neighbours with it: the items of such a run are run again one by one, so runs must be repeatable.
 * Limits: up to `concurrency` groups at once, `maxItems` a group. What comes alone goes at once; what comes close after a group
 * waits until that one began a few milliseconds ago, or until it fills a group, so that a busy time has few groups and big ones.
 * Failure modes: when trying again could help, all items of the group are told so, and none is run again here.
 */
import { InFlight, kindOf } from '@postrider/runtime';

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
/** Between the beginnings of two groups. */
const SPACING_MS = 4;

export class GroupedWork<Item, Answer> {
  private waiting: Waiting<Item, Answer>[] = [];
  private readonly running = new InFlight<readonly Waiting<Item, Answer>[]>();
  private isScheduled = false;
  private lastBeganAt = -Infinity;
  private rest: NodeJS.Timeout | undefined;

  constructor(private readonly options: GroupedWorkOptions<Item, Answer>) {}

  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, since: performance.now(), resolve, reject });
      this.schedule();
    });
  }

  /** How long the oldest item has been without an answer. */
  get oldestMs(): number {
    const oldest = this.running.oldest?.[0] ?? this.waiting[0];
    return oldest ? performance.now() - oldest.since : 0;
  }

  private schedule(): void {
    if (this.isScheduled || this.running.size >= (this.options.concurrency ?? DEFAULT_CONCURRENCY)) return;
    const restMs = this.waiting.length >= this.options.maxItems ? 0 : this.lastBeganAt + SPACING_MS - performance.now();
    if (restMs > 0) this.rest ??= setTimeout(() => this.endRest(), Math.ceil(restMs));
    else {
      this.isScheduled = true;
      setImmediate(() => this.begin());
    }
  }

  private endRest(): void {
    this.rest = undefined;
    if (this.waiting.length > 0) this.schedule();
  }

  private begin(): void {
    this.isScheduled = false;
    this.lastBeganAt = performance.now();
    void this.runGroup(this.waiting.splice(0, this.options.maxItems));
    if (this.waiting.length > 0) this.schedule();
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
