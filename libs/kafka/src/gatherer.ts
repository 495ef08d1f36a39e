/**
 * Merges what waits in several partitions into one handler call.
 * Guarantee: the records of a partition are handled in order and never by two calls at once; up to `concurrency` calls run
 * at the same time, on disjoint partitions; a call has at most `maxMessages` records.
 * Limits: there is no delay to make batches bigger: one turn of the event loop, then whatever waits goes. Batches grow by
 * themselves when a call is slower than the arrivals.
 */
export interface Portion<Item> {
  items: Item[];
  /** Called when all items are handled (true) or the portion was given up (false). */
  finish: (isHandled: boolean) => void;
}

interface Slot<Item> {
  portion: Portion<Item>;
  next: number;
  isBusy: boolean;
}

export interface GathererOptions<Item> {
  concurrency: number;
  maxMessages: number;
  /** Handles the items; false when they were given up. Never throws. */
  handle: (items: readonly Item[]) => Promise<boolean>;
}

export class Gatherer<Item> {
  private readonly slots: Slot<Item>[] = [];
  private running = 0;
  private isScheduled = false;

  constructor(private readonly options: GathererOptions<Item>) {}

  /** Takes the batch of one partition; resolves when it is handled (true) or given up (false). */
  add(items: Item[]): Promise<boolean> {
    return new Promise((resolve) => {
      this.slots.push({ portion: { items, finish: resolve }, next: 0, isBusy: false });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      while (this.running < this.options.concurrency && this.startOne());
    });
  }

  /** False when nothing waits. */
  private startOne(): boolean {
    const { slots, items } = this.take();
    if (items.length === 0) return false;
    this.running += 1;
    void this.options.handle(items).then((isHandled) => {
      this.running -= 1;
      for (const slot of slots) this.release(slot, isHandled);
      this.schedule();
    });
    return true;
  }

  private take(): { slots: Slot<Item>[]; items: Item[] } {
    const slots: Slot<Item>[] = [];
    const items: Item[] = [];
    for (const slot of this.slots) {
      const room = this.options.maxMessages - items.length;
      if (room === 0) break;
      if (slot.isBusy) continue;
      const portion = slot.portion.items.slice(slot.next, slot.next + room);
      slot.next += portion.length;
      slot.isBusy = true;
      slots.push(slot);
      for (const item of portion) items.push(item);
    }
    return { slots, items };
  }

  private release(slot: Slot<Item>, isHandled: boolean): void {
    slot.isBusy = false;
    if (isHandled && slot.next < slot.portion.items.length) return;
    this.slots.splice(this.slots.indexOf(slot), 1);
    slot.portion.finish(isHandled);
  }
}
