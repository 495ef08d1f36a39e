/** The text alternative of an HTML template, as a template: Liquid stays, markup goes. Done once, not for each message. */
const LIQUID = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;
const INVISIBLE = /<(head|style|script|title)\b[\s\S]*?<\/\1\s*>|<!--[\s\S]*?-->|<!doctype[^>]*>/gi;
const LINK = /<a\b[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>([\s\S]*?)<\/a\s*>/gi;
const LINE_END = /<br\s*\/?>|<\/(p|div|tr|li|h[1-6]|ul|ol|table|section|article|header|footer|blockquote)\s*>/gi;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', '#39': "'", mdash: '—', ndash: '–', copy: '©', euro: '€' };
/** Private use: no text that people write has them. */
const [OPEN, CLOSE] = ['\uE000', '\uE001'];
const HELD = /\uE000(\d+)\uE001/g;

export function textOfHtml(html: string): string {
  const held: string[] = [];
  const hidden = html.replace(LIQUID, (code) => `${OPEN}${held.push(code) - 1}${CLOSE}`);
  const text = hidden
    .replace(INVISIBLE, '')
    .replace(/\s+/g, ' ')
    .replace(LINK, (_all, double: string | undefined, single: string | undefined, label: string) => linkText(double ?? single ?? '', label))
    .replace(/<li\b[^>]*>/gi, '- ')
    .replace(/<\/t[dh]\s*>/gi, '  ')
    .replace(LINE_END, (tag) => (/^<\/(p|h[1-6]|table|ul|ol)/i.test(tag) ? '\n\n' : '\n'))
    .replace(/<[^>]*>/g, '')
    .replace(/&(#?\w+);/g, (all, name: string) => ENTITIES[name.toLowerCase()] ?? all);
  return tidy(text).replace(HELD, (_all, index: string) => held[Number(index)] ?? '');
}

function linkText(href: string, label: string): string {
  const shown = label.replace(/<[^>]*>/g, '').trim();
  return href === '' || href === shown ? shown : `${shown} (${href})`;
}

function tidy(text: string): string {
  return text.split('\n').map((line) => line.trim()).join('\n').replace(/\n{3,}/g, '\n\n').trim();
}
