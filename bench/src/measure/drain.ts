/** Waits for what was promised, by the sink's file alone. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { parseSink, type SinkLine } from './ledger-check.js';

export interface DrainLimits {
  deadlineMs: number;
  /** Gives up when nothing has come for so long. */
  quietMs: number;
}

const POLL_MS = 250;
/** For what comes twice. */
const SETTLE_MS = 1_000;
const CHUNK_BYTES = 1 << 20;

/** Reads on where it stopped: a sink's file grows to tens of megabytes, and reading it takes CPU from what is measured. */
export class SinkTail {
  private offset = 0;
  private rest = '';
  private readonly buffer = Buffer.alloc(CHUNK_BYTES);

  constructor(private readonly file: string) {}

  /** The whole lines that are new. */
  read(): SinkLine[] {
    if (!existsSync(this.file)) return [];
    const handle = openSync(this.file, 'r');
    let text = this.rest;
    for (let bytes = this.readInto(handle); bytes > 0; bytes = this.readInto(handle)) text += this.buffer.toString('utf8', 0, bytes);
    closeSync(handle);
    const end = text.lastIndexOf('\n') + 1;
    this.rest = text.slice(end);
    return parseSink(text.slice(0, end));
  }

  private readInto(handle: number): number {
    const bytes = readSync(handle, this.buffer, 0, CHUNK_BYTES, this.offset);
    this.offset += bytes;
    return bytes;
  }
}

/** The lines of what was promised, once all have come, or nothing has come for a while, or the time is over. */
export async function drained(file: string, promised: ReadonlySet<string>, limits: DrainLimits): Promise<SinkLine[]> {
  const tail = new SinkTail(file);
  const mine: SinkLine[] = [];
  const seen = new Set<string>();
  const deadline = performance.now() + limits.deadlineMs;
  let lastCame = performance.now();
  const take = (): void => {
    for (const line of tail.read()) {
      if (!promised.has(line.messageId)) continue;
      mine.push(line);
      seen.add(line.messageId);
      lastCame = performance.now();
    }
  };
  take();
  while (seen.size < promised.size && performance.now() < deadline && performance.now() - lastCame < limits.quietMs) {
    await wait(POLL_MS);
    take();
  }
  await wait(SETTLE_MS);
  take();
  return mine;
}
