import { InFlight } from '@postrider/runtime';
import type { OutgoingRecord } from './envelope.js';

/** Records of one topic that share an acknowledgement. */
export interface Waiting {
  readonly topic: string;
  readonly messages: readonly OutgoingRecord[];
  readonly bytes: number;
  /** On the monotonic clock. */
  readonly since: number;
  /** Takes it out of the queue and tells whoever waits; calls after the first change nothing. */
  readonly settle: (error?: Error) => void;
}

/** kafkajs groups the records of a partition in quadratic time, so a request is kept small. */
const MAX_RECORDS = 1_000;
/** A request may be one batch of one partition: brokers refuse batches over 1 MiB by default. */
const MAX_BYTES = 900_000;
/** What key, headers and framing of a record come to, roughly. */
const ENVELOPE_BYTES = 500;

/**
 * What waits for the broker, in the order of its arrival.
 * Guarantee: each entry, and each request that is taken, fits one batch of the broker, unless a single record does not.
 */
export class SendQueue {
  private readonly entries = new InFlight<Waiting>();
  private records = 0;

  get size(): number {
    return this.records;
  }

  get oldest(): Waiting | undefined {
    return this.entries.oldest;
  }

  /** Resolves when the entry is settled without an error, and rejects with `expired()` when that takes longer than the deadline. */
  add(topic: string, messages: readonly OutgoingRecord[], deadlineMs: number, expired: () => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => entry.settle(expired()), deadlineMs);
      const entry: Waiting = {
        topic,
        messages,
        bytes: bytesOf(messages),
        since: performance.now(),
        settle: (error) => {
          if (!this.entries.delete(entry)) return;
          this.records -= messages.length;
          clearTimeout(timer);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      this.entries.add(entry);
      this.records += messages.length;
    });
  }

  /** The oldest entries that fit one request; they stay in the queue until they are settled. */
  peekRequest(): Waiting[] {
    const taken: Waiting[] = [];
    let records = 0;
    let bytes = 0;
    for (const entry of this.entries) {
      records += entry.messages.length;
      bytes += entry.bytes;
      if (taken.length > 0 && (records > MAX_RECORDS || bytes > MAX_BYTES)) break;
      taken.push(entry);
    }
    return taken;
  }
}

/** Parts that each fit one request. */
export function* chunksOf(messages: readonly OutgoingRecord[]): Generator<readonly OutgoingRecord[]> {
  let start = 0;
  let bytes = 0;
  for (const [index, message] of messages.entries()) {
    const size = sizeOf(message);
    if (index > start && (index - start === MAX_RECORDS || bytes + size > MAX_BYTES)) {
      yield messages.slice(start, index);
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < messages.length) yield start === 0 ? messages : messages.slice(start);
}

function bytesOf(messages: readonly OutgoingRecord[]): number {
  let bytes = 0;
  for (const message of messages) bytes += sizeOf(message);
  return bytes;
}

function sizeOf({ value }: OutgoingRecord): number {
  return (value?.length ?? 0) + ENVELOPE_BYTES;
}
