/** Records of one partition, taken for one handler call. */
export interface Portion<Item> {
  partition: number;
  items: Item[];
}

interface Queue<Item> {
  items: Item[];
  isTaken: boolean;
}

/**
 * What was fetched and waits for a handler call.
 * Guarantee: a partition's records leave in order, and none leave while earlier ones of it are taken and not released.
 * The partition that waited longest since its last turn is served first.
 */
export class PartitionQueues<Item> {
  /** In the order in which they are served. */
  private readonly queues = new Map<number, Queue<Item>>();
  private count = 0;

  /** Records that wait. */
  get waiting(): number {
    return this.count;
  }

  add(partition: number, items: readonly Item[]): void {
    const queue = this.queues.get(partition);
    this.count += items.length;
    if (!queue) this.queues.set(partition, { items: [...items], isTaken: false });
    else for (const item of items) queue.items.push(item);
  }

  /** Up to `max` records of as many free partitions as there are. */
  take(max: number): Portion<Item>[] {
    const portions: Portion<Item>[] = [];
    let room = max;
    for (const [partition, queue] of this.queues) {
      if (room === 0) break;
      if (queue.isTaken || queue.items.length === 0) continue;
      const items = queue.items.splice(0, room);
      queue.isTaken = true;
      room -= items.length;
      portions.push({ partition, items });
    }
    this.count -= max - room;
    return portions;
  }

  release(partition: number): void {
    const queue = this.queues.get(partition);
    if (!queue) return;
    queue.isTaken = false;
    this.queues.delete(partition);
    this.queues.set(partition, queue);
  }

  /** The first waiting record of each partition. */
  *heads(): Generator<Item> {
    for (const { items } of this.queues.values()) if (items.length > 0) yield items[0] as Item;
  }

  clear(): void {
    this.queues.clear();
    this.count = 0;
  }
}
