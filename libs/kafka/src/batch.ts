/** Where a record stood in the log, beside its payload in {@link Batch}. */
export interface Received {
  topic: string;
  partition: number;
  offset: string;
  /** `ce_id`: equal on every replay of the same fact. */
  id: string;
  publishedAt: Date;
}

/**
 * What a handler is given: payloads that the contract's schema accepted, in the order of each partition. Batches of
 * several partitions that waited at the same time come as one.
 */
export interface Batch<Payload> {
  readonly messages: readonly Payload[];
  /** Same length and order as `messages`. */
  readonly received: readonly Received[];
  /** Aborted when the partitions were lost or the process stops: what is not done yet will be done by another. */
  readonly signal: AbortSignal;
}
