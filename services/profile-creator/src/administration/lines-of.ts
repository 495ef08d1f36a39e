const NEWLINE = 0x0a;

/** One line of a stream, without its end; `text` is undefined when it was too long to be kept. */
export interface Line {
  /** From 1, blank lines included. */
  number: number;
  text: string | undefined;
}

/**
 * The lines of a byte stream, in constant memory: never more than one chunk and `maxBytes` of a line. Blank lines are left
 * out; `\r\n` ends a line too; a byte order mark at the beginning is dropped.
 */
export async function* linesOf(stream: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Line> {
  const line = new PartialLine(maxBytes);
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      line.append(chunk.subarray(start, end));
      const complete = line.complete();
      if (complete) yield complete;
      start = end + 1;
    }
    line.append(chunk.subarray(start));
  }
  const last = line.complete();
  if (last) yield last;
}

class PartialLine {
  private parts: Uint8Array[] = [];
  private bytes = 0;
  private number = 0;

  constructor(private readonly maxBytes: number) {}

  append(part: Uint8Array): void {
    this.bytes += part.length;
    if (this.bytes > this.maxBytes) this.parts = [];
    else if (part.length > 0) this.parts.push(part);
  }

  /** The line as it is now, and the beginning of the next; undefined for a blank one. */
  complete(): Line | undefined {
    this.number++;
    const text = this.bytes > this.maxBytes ? undefined : Buffer.concat(this.parts).toString('utf8').trim();
    this.parts = [];
    this.bytes = 0;
    return text === '' ? undefined : { number: this.number, text };
  }
}
