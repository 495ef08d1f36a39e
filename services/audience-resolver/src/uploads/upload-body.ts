import type { Readable } from 'node:stream';
import { addAbortSignal } from 'node:stream';
import { isNativeError } from 'node:util/types';
import { readHead, type CsvHead } from './csv-dialect.js';

const DRAIN_MS = 30_000;

/** The bytes of one upload, as they come, counted. */
export class UploadBody {
  /** Read so far. */
  bytes = 0;
  private readonly stopping = new AbortController();
  private readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;

  constructor(private readonly stream: Readable) {
    addAbortSignal(this.stopping.signal, stream);
    this.chunks = this.counted();
  }

  /** Why it was stopped from here; undefined while it was not. */
  get stopReason(): unknown {
    return this.stopping.signal.reason as unknown;
  }

  head(): Promise<CsvHead> {
    return readHead(this.chunks);
  }

  /** Everything, beginning with what was read already. */
  async *from(head: CsvHead): AsyncGenerator<Uint8Array, void, undefined> {
    yield head.bytes;
    yield* this.chunks;
  }

  /** Ends it at once, and the connection with it. */
  stop(reason: Error): void {
    this.stopping.abort(reason);
  }

  /** Lets the rest pass by, for a while: a caller hears why it was refused when it has sent everything. */
  async drain(): Promise<void> {
    await this.chunks.return();
    if (this.stream.destroyed || this.stream.readableEnded) return;
    this.stream.on('error', () => undefined).resume();
    setTimeout(() => this.stream.destroy(), DRAIN_MS).unref();
  }

  private async *counted(): AsyncGenerator<Uint8Array, void, undefined> {
    // The default would break the connection where reading ends early, and the answer would be lost.
    for await (const chunk of this.stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      this.bytes += chunk.length;
      yield chunk;
    }
  }
}

/** Whether the caller went away before the end of its body. */
export function isBrokenOff(error: unknown): boolean {
  const codes = ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR'];
  return isNativeError(error) && 'code' in error && codes.includes(String(error.code));
}
