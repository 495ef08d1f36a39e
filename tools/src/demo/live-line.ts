const PLAIN_EVERY_MS = 2_000;
const CLEAR_LINE = '\r\u001B[K';

/** A line that is rewritten on a terminal; elsewhere a line of its own every two seconds. */
export class LiveLine {
  private shownAt = -Infinity;
  private text = '';

  constructor(private readonly output: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stdout, private readonly now = () => performance.now()) {}

  show(text: string): void {
    this.text = text;
    if (this.output.isTTY) {
      this.output.write(`${CLEAR_LINE}${text}`);
    } else if (this.now() - this.shownAt >= PLAIN_EVERY_MS) {
      this.shownAt = this.now();
      this.output.write(`${text}\n`);
    }
  }

  /** The last text stays. */
  end(): void {
    if (this.text !== '') this.output.write(this.output.isTTY ? '\n' : `${this.text}\n`);
    this.text = '';
  }
}
