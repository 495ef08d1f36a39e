import type { EmailContent, JsonObject } from '@postrider/contracts';
import type { InputFault } from '@postrider/runtime';
import type { Liquid, Template } from 'liquidjs';
import { ContentInvalid, RenderingFailed } from './content.errors.js';
import { htmlEngine, textEngine } from './engine.js';
import { straightPrinter, type Printer } from './straight-printer.js';
import { textOfHtml } from './text-of-html.js';
import { EACH, usesOf, type VariableUse } from './variables.js';

/** What a template may read. */
export interface RenderingScope {
  profile: JsonObject;
  context: JsonObject;
}

export interface RenderedEmail {
  /** One line: control characters are spaces. */
  subject: string;
  html: string;
  text: string;
  listUnsubscribe: string | null;
}

/** An e-mail's content, parsed once and rendered for each recipient. */
export interface CompiledEmail {
  /** @throws RenderingFailed */
  render(scope: RenderingScope): RenderedEmail;
}

const FIELDS = ['subject', 'html', 'text', 'listUnsubscribe'] as const;
type Field = (typeof FIELDS)[number];
const ROOTS = new Set(['profile', 'context']);
// eslint-disable-next-line no-control-regex -- it is the control characters that must go
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

type Parsed = Record<Field, Template[]>;

const engineOf = (field: Field): Liquid => (field === 'html' ? htmlEngine : textEngine);

function sourcesOf(content: EmailContent): Record<Field, string> {
  const text = content.text || textOfHtml(content.html);
  return { subject: content.subject, html: content.html, text, listUnsubscribe: content.listUnsubscribe ?? '' };
}

/** @throws ContentInvalid naming every fault with its field, e.g. `/content/subject` */
export function compileEmail(content: EmailContent): CompiledEmail {
  const parsed = parseAll(content);
  const printers = Object.fromEntries(FIELDS.map((field) => [field, printerOf(field, parsed[field])])) as Record<Field, Printer>;
  return {
    render(scope) {
      const print = (field: Field): string => render(field, printers[field], scope);
      return {
        subject: print('subject').replace(CONTROL, ' ').trim(),
        html: print('html'),
        text: print('text'),
        listUnsubscribe: content.listUnsubscribe ? print('listUnsubscribe').replace(CONTROL, '').trim() || null : null,
      };
    },
  };
}

/** Dotted paths of what a content reads, loops shown as `*`: `context.items.*.name`. */
export function variablesOf(content: EmailContent): { profile: string[]; context: string[] } {
  const uses = usesOfContent(content);
  const below = (root: string): string[] => [...new Set(uses.filter(({ path }) => path[0] === root).map(({ path }) => path.slice(1).join('.')))].sort();
  return { profile: below('profile'), context: below('context') };
}

export function usesOfContent(content: EmailContent): VariableUse[] {
  const parsed = parseAll(content);
  return FIELDS.flatMap((field) => usesOf(parsed[field]));
}

function parseAll(content: EmailContent): Parsed {
  const sources = sourcesOf(content);
  const faults: InputFault[] = [];
  const parsed = Object.fromEntries(FIELDS.map((field) => [field, parse(field, sources[field], faults)])) as Parsed;
  if (content.subject.trim() === '') faults.push({ path: '/content/subject', code: 'EMPTY', message: 'The subject is empty.' });
  if (content.html.trim() === '') faults.push({ path: '/content/html', code: 'EMPTY', message: 'The HTML is empty.' });
  if (faults.length > 0) throw new ContentInvalid(faults);
  return parsed;
}

function parse(field: Field, source: string, faults: InputFault[]): Template[] {
  const path = `/content/${field}`;
  try {
    const templates = engineOf(field).parse(source);
    for (const root of strangersIn(usesOf(templates))) {
      faults.push({ path, code: 'UNKNOWN_VARIABLE', message: `"${root}" is not known: variables begin with profile. or context.` });
    }
    return templates;
  } catch (error) {
    faults.push({ path, code: 'TEMPLATE_SYNTAX', message: error instanceof Error ? error.message : String(error) });
    return [];
  }
}

function strangersIn(uses: readonly VariableUse[]): Set<string> {
  const bare = uses.filter(({ path }) => path.length < 2 && path[0] !== EACH);
  return new Set(uses.filter(({ path }) => !ROOTS.has(path[0] ?? '')).concat(bare).map(({ path }) => path[0] ?? ''));
}

function printerOf(field: Field, templates: Template[]): Printer {
  return straightPrinter(templates) ?? ((scope) => engineOf(field).renderSync(templates, scope) as string);
}

function render(field: Field, print: Printer, { profile, context }: RenderingScope): string {
  try {
    return print({ profile, context });
  } catch (error) {
    throw new RenderingFailed(field, error);
  }
}
