/**
 * What is under way, in the order of its arrival.
 * Guarantee: what has left is garbage at once. A Set or a Map that much goes in and out of is none of that in V8: each table that
 * it has outgrown points at the next, so that the dead ones keep each other, and what they once held, until the next major
 * collection; half of all that is allocated may get there. Their entries must be small, or go through here.
 * Limit: what leaves is looked for from the oldest on.
 */
export class InFlight<Item> implements Iterable<Item> {
  private readonly items: Item[] = [];

  get size(): number {
    return this.items.length;
  }

  get oldest(): Item | undefined {
    return this.items[0];
  }

  add(item: Item): void {
    this.items.push(item);
  }

  /** False when it was not there. */
  delete(item: Item): boolean {
    const index = this.items.indexOf(item);
    if (index === 0) this.items.shift();
    else if (index > 0) this.items.splice(index, 1);
    return index >= 0;
  }

  [Symbol.iterator](): Iterator<Item> {
    return this.items.values();
  }
}
