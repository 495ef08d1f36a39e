/** Header values as RFC 5322 and RFC 2047 want them. No value can end its line: control characters become spaces. */
// eslint-disable-next-line no-control-regex -- these are what a header must not hold
const CONTROL = /[\u0000-\u001f\u007f]+/g;
const PRINTABLE = /^[\u0020-\u007e]*$/;
const ATOMS = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]*$/;
/** An encoded word has 75 characters at most; 45 bytes make 60 of base64. */
const BYTES_A_WORD = 45;

const MAX_PLAIN_LINE = 900;

export function headerText(text: string): string {
  const clean = text.replace(CONTROL, ' ');
  return PRINTABLE.test(clean) && clean.length <= MAX_PLAIN_LINE ? clean : encodedWords(clean);
}

/** An address without what could end it, the header or a command of SMTP; configured ones are checked before, this is for any way around that. */
// eslint-disable-next-line no-control-regex -- these are what an address must not hold
export const headerAddress = (address: string): string => address.replace(/[\u0000-\u0020<>\u007f]/g, '');

/** `"Shop" <orders@shop.test>`; the address alone without a name. */
export function headerMailbox(name: string, address: string): string {
  const clean = name.replace(CONTROL, ' ').trim();
  if (clean === '') return `<${address}>`;
  if (!PRINTABLE.test(clean)) return `${encodedWords(clean)} <${address}>`;
  return ATOMS.test(clean) ? `${clean} <${address}>` : `"${clean.replace(/["\\]/g, '\\$&')}" <${address}>`;
}

function encodedWords(text: string): string {
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > BYTES_A_WORD) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((one) => `=?UTF-8?B?${Buffer.from(one).toString('base64')}?=`).join('\r\n ');
}
