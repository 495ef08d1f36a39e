const MAX_DEPTH = 32;

/**
 * Why a JSON value cannot be stored as `jsonb`, as a sentence; undefined when it can. Postgres refuses NUL and lone
 * surrogates in texts, and would refuse every other profile of the statement with them.
 */
export function storabilityFault(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return textFault(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === MAX_DEPTH) return `It is nested deeper than ${MAX_DEPTH} levels.`;
  for (const [name, inner] of Object.entries(value)) {
    const fault = textFault(name) ?? storabilityFault(inner, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function textFault(text: string): string | undefined {
  if (text.includes('\0')) return 'It contains a NUL character.';
  return text.isWellFormed() ? undefined : 'It contains text that is not valid Unicode.';
}
