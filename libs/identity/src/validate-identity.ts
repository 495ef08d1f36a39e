const MAX_CHARACTERS = 512;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * What is wrong with an identity's value, as a sentence without the value in it; undefined when nothing is.
 * Lone surrogates are refused too: they have no UTF-8 form, so two of them would be stored as the same.
 */
export function validateIdentity(value: string): string | undefined {
  if (value.trim() === '') return 'The identity is empty.';
  if (isTooLong(value)) return `The identity has more than ${MAX_CHARACTERS} characters.`;
  if (CONTROL.test(value)) return 'The identity contains control characters.';
  return value.isWellFormed() ? undefined : 'The identity is not valid Unicode.';
}

/** Counted in code points; a code point takes one or two units. */
function isTooLong(value: string): boolean {
  if (value.length <= MAX_CHARACTERS) return false;
  return value.length > 2 * MAX_CHARACTERS || [...value].length > MAX_CHARACTERS;
}
