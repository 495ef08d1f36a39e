import { hostname } from 'node:os';
import type { ChannelVerification } from '@postrider/contracts';
import { SmtpSession, type SmtpReply } from './smtp-session.js';

export interface SmtpServer {
  host: string;
  port: number;
  tls: 'none' | 'starttls' | 'implicit';
  username: string | null;
  password: string | null;
}

type Step = ChannelVerification['steps'][number];

const DEADLINE_MS = 10_000;
const DETAIL_MAX = 500;

/**
 * Connects as the dispatcher would, says hello, encrypts and signs in as configured, and leaves. No mail is sent.
 * Answers each step up to the first that fails; never throws, and takes 10 s at most.
 */
export async function verifySmtp(server: SmtpServer, deadlineMs = DEADLINE_MS): Promise<ChannelVerification> {
  const steps: Step[] = [];
  const timing = new AbortController();
  const timer = setTimeout(() => timing.abort(), deadlineMs);
  let session: SmtpSession | undefined;
  const run = async (step: Step['step'], action: () => Promise<string>): Promise<void> => {
    const startedAt = performance.now();
    const end = (ok: boolean, detail: string): void => void steps.push({ step, ok, detail: printable(detail), milliseconds: Math.round(performance.now() - startedAt) });
    try {
      end(true, await action());
    } catch (error) {
      end(false, error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
  try {
    await run('connect', async () => {
      session = await SmtpSession.connect(server.host, server.port, server.tls === 'implicit', timing.signal);
      return server.tls === 'implicit' ? 'connected, encrypted' : 'connected';
    });
    if (session) await converse(session, server, run);
    return { ok: true, steps };
  } catch {
    return { ok: false, steps };
  } finally {
    clearTimeout(timer);
    session?.close();
  }
}

type Run = (step: Step['step'], action: () => Promise<string>) => Promise<void>;

async function converse(session: SmtpSession, server: SmtpServer, run: Run): Promise<void> {
  let offered = '';
  const hello = async (): Promise<string> => (offered = expect(await session.command(`EHLO ${hostname()}`), 250));
  await run('greeting', async () => expect(await session.reply(), 220));
  await run('hello', hello);
  if (server.tls === 'starttls') {
    await run('starttls', async () => {
      expect(await session.command('STARTTLS'), 220);
      await session.encrypt(server.host);
      await hello();
      return 'encrypted';
    });
  }
  if (server.username !== null) await run('authenticate', () => authenticate(session, server, offered));
}

/** RFC 4954 with PLAIN (RFC 4616), or LOGIN where only that is offered. */
async function authenticate(session: SmtpSession, { username, password }: SmtpServer, offered: string): Promise<string> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const mechanisms = /^AUTH[ =](.*)$/im.exec(offered)?.[1]?.toUpperCase().split(/\s+/) ?? [];
  if (mechanisms.includes('PLAIN')) {
    return expect(await session.command(`AUTH PLAIN ${base64(`\0${username ?? ''}\0${password ?? ''}`)}`), 235);
  }
  if (!mechanisms.includes('LOGIN')) throw new Error('the server offers neither AUTH PLAIN nor AUTH LOGIN here');
  expect(await session.command('AUTH LOGIN'), 334);
  expect(await session.command(base64(username ?? '')), 334);
  return expect(await session.command(base64(password ?? '')), 235);
}

function expect(reply: SmtpReply, code: number): string {
  if (reply.code !== code) throw new Error(`${reply.code} ${reply.text}`);
  return reply.text;
}

// eslint-disable-next-line no-control-regex
const printable = (text: string): string => text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ').slice(0, DETAIL_MAX);
