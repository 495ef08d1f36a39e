/**
 * Liquid as messages may use it: output, `if` and `for` over `profile` and `context`, with filters.
 * Guarantee: a template runs no code, reads no prototype, opens no file, and ends within bounds of size, time and memory.
 */
import { Liquid } from 'liquidjs';

export const PARSE_LIMIT_CHARACTERS = 1_000_000;
export const RENDER_LIMIT_MS = 500;
export const MEMORY_LIMIT_UNITS = 10_000_000;

const TAGS = new Set(['if', 'unless', 'for', 'break', 'continue', 'comment', 'raw']);

function harden(engine: Liquid): Liquid {
  for (const name of Object.keys(engine.tags)) if (!TAGS.has(name)) delete engine.tags[name];
  return engine;
}

const limits = {
  ownPropertyOnly: true,
  strictFilters: true,
  strictVariables: false,
  parseLimit: PARSE_LIMIT_CHARACTERS,
  renderLimit: RENDER_LIMIT_MS,
  memoryLimit: MEMORY_LIMIT_UNITS,
  cache: false,
  // No template is ever found by name.
  templates: {},
} as const;

/** Values are escaped for HTML unless the author writes `| raw`. */
export const htmlEngine = harden(new Liquid({ ...limits, outputEscape: 'escape' }));

/** Values as they are: for subjects, headers and the text part. */
export const textEngine = harden(new Liquid(limits));
