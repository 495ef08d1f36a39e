/** How far each partition of a topic must be read until all that was in it is read. */
export class PartitionEnds {
  private readonly open = new Map<number, bigint>();
  private isExpecting = false;
  private resolve: () => void = () => undefined;
  /** Resolves once every partition was read to its end. */
  readonly reached = new Promise<void>((resolve) => (this.resolve = resolve));

  /** The offsets of the topic's partitions, as the broker has them; empty ones are read already. */
  expect(partitions: readonly { partition: number; low: string; high: string }[]): void {
    for (const { partition, low, high } of partitions) if (BigInt(high) > BigInt(low)) this.open.set(partition, BigInt(high));
    this.isExpecting = true;
    this.settle();
  }

  /** Everything below `next` was read; without it, everything there is. */
  reach(partition: number, next?: bigint): void {
    const end = this.open.get(partition);
    if (end === undefined || (next !== undefined && next < end)) return;
    this.open.delete(partition);
    this.settle();
  }

  get areReached(): boolean {
    return this.isExpecting && this.open.size === 0;
  }

  private settle(): void {
    if (this.areReached) this.resolve();
  }
}
