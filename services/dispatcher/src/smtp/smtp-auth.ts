import { isPositive, type SmtpReply } from './smtp-reply.js';

export interface Credentials {
  username: string;
  password: string;
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** AUTH PLAIN (RFC 4616), or LOGIN where a server offers only that. @throws when the credentials are not taken */
export async function authenticate({ username, password }: Credentials, extensions: ReadonlySet<string>, command: (line: string) => Promise<SmtpReply>): Promise<void> {
  const offered = [...extensions].find((line) => line.startsWith('AUTH ')) ?? '';
  const reply = offered.includes('LOGIN') && !offered.includes('PLAIN')
    ? await login(username, password, command)
    : await command(`AUTH PLAIN ${base64(`\0${username}\0${password}`)}`);
  if (!isPositive(reply)) throw new Error(`The credentials were refused: ${reply.code} ${reply.text}`);
}

async function login(username: string, password: string, command: (line: string) => Promise<SmtpReply>): Promise<SmtpReply> {
  const asked = await command('AUTH LOGIN');
  if (!isPositive(asked)) return asked;
  const named = await command(base64(username));
  return isPositive(named) ? command(base64(password)) : named;
}
