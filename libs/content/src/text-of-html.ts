/**
 * The text alternative of an HTML template, as a template: Liquid stays, markup goes. Done once, not for each message.
 * Guarantee: the time it takes grows with the length of the HTML and not faster, whatever is in it.
 */
const LIQUID_START = /\{\{|\{%/g;
const TAG_NAME = /^<(\/?)([a-z][a-z0-9]*)/i;
const HREF = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/i;
const INVISIBLE: Readonly<Record<string, RegExp>> = { head: /<\/head\s*>/gi, style: /<\/style\s*>/gi, script: /<\/script\s*>/gi, title: /<\/title\s*>/gi };
const PARAGRAPHS = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'ul', 'ol']);
const LINES = new Set(['div', 'tr', 'li', 'section', 'article', 'header', 'footer', 'blockquote']);
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', '#39': "'", mdash: '—', ndash: '–', copy: '©', euro: '€' };
/** Private use: no text that people write has them. */
const [OPEN, CLOSE] = ['\uE000', '\uE001'];
const HELD = /\uE000(\d+)\uE001/g;

export function textOfHtml(html: string): string {
  const { hidden, held } = hideLiquid(html);
  return tidy(new TextWriter().write(hidden)).replace(HELD, (_all, index: string) => held[Number(index)] ?? '');
}

/** Puts a mark in place of each piece of Liquid, so that its angle brackets are no markup. */
function hideLiquid(html: string): { hidden: string; held: string[] } {
  const held: string[] = [];
  const parts: string[] = [];
  let at = 0;
  LIQUID_START.lastIndex = 0;
  for (let start = LIQUID_START.exec(html); start; start = LIQUID_START.exec(html)) {
    const end = html.indexOf(start[0] === '{{' ? '}}' : '%}', start.index + 2);
    if (end < 0) break;
    parts.push(html.slice(at, start.index), `${OPEN}${held.push(html.slice(start.index, end + 2)) - 1}${CLOSE}`);
    at = end + 2;
    LIQUID_START.lastIndex = at;
  }
  return { hidden: parts.join('') + html.slice(at), held };
}

class TextWriter {
  private readonly parts: string[] = [];
  private link: { href: string; from: number } | undefined;

  write(html: string): string {
    let at = 0;
    for (let start = html.indexOf('<'); start >= 0; start = html.indexOf('<', at)) {
      this.text(html.slice(at, start));
      const end = endOfMarkup(html, start);
      if (end < 0) return this.parts.join('');
      at = end;
      this.tag(html.slice(start, end));
    }
    this.text(html.slice(at));
    return this.parts.join('');
  }

  private text(text: string): void {
    if (text !== '') this.parts.push(text.replace(/\s+/g, ' ').replace(/&(#?\w{1,10});/g, (all, name: string) => ENTITIES[name.toLowerCase()] ?? all));
  }

  private tag(tag: string): void {
    const [, slash, written = ''] = TAG_NAME.exec(tag) ?? [];
    const name = written.toLowerCase();
    if (name === 'br') this.parts.push('\n');
    else if (slash === '/') this.close(name);
    else if (name === 'li') this.parts.push('- ');
    else if (name === 'a') this.openLink(tag);
  }

  private close(name: string): void {
    if (name === 'a') this.closeLink();
    else if (name === 'td' || name === 'th') this.parts.push('  ');
    else if (PARAGRAPHS.has(name)) this.parts.push('\n\n');
    else if (LINES.has(name)) this.parts.push('\n');
  }

  private openLink(tag: string): void {
    const [, double, single] = HREF.exec(tag) ?? [];
    this.link = { href: double ?? single ?? '', from: this.parts.length };
  }

  private closeLink(): void {
    if (!this.link) return;
    const { href, from } = this.link;
    this.link = undefined;
    const label = this.parts.splice(from).join('').trim();
    this.parts.push(href === '' || href === label ? label : `${label} (${href})`);
  }
}

/** The index after a tag, a comment, or an element that is not seen; -1 when it does not end. */
function endOfMarkup(html: string, start: number): number {
  if (html.startsWith('<!--', start)) return after(html.indexOf('-->', start + 4), 3);
  const end = html.indexOf('>', start);
  if (end < 0) return -1;
  const [, slash, name = ''] = TAG_NAME.exec(html.slice(start, start + 10)) ?? [];
  const closing = slash === '' ? INVISIBLE[name.toLowerCase()] : undefined;
  if (!closing) return end + 1;
  closing.lastIndex = end;
  const found = closing.exec(html);
  return found ? found.index + found[0].length : -1;
}

const after = (index: number, length: number): number => (index < 0 ? -1 : index + length);

function tidy(text: string): string {
  return text.split('\n').map((line) => line.trim()).join('\n').replace(/\n{3,}/g, '\n\n').trim();
}
