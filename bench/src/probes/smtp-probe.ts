import { connect } from 'node:net';
import { once } from 'node:events';
import { repeat, type Probe } from './probe.js';

const MAIL = `From: <a@bench.test>\r\nTo: <b@bench.test>\r\nMessage-ID: <probe@bench.test>\r\nSubject: probe\r\n\r\n${'x'.repeat(76).concat('\r\n').repeat(440)}`;

/** The SMTP session alone: one kept connection, a ready mail of 34 KB (24 KB in base64), commands pipelined. */
export const F6: Probe = async ({ smtpPort }) => {
  const socket = connect(smtpPort, '127.0.0.1');
  socket.setEncoding('latin1').setNoDelay(true);
  let pending = '';
  let wanted = 0;
  let wake: (() => void) | undefined;
  socket.on('data', (chunk: string) => {
    pending += chunk;
    const replies = pending.match(/^\d{3} [^\n]*\n/gm)?.length ?? 0;
    if (replies >= wanted) wake?.();
  });
  const replies = (count: number): Promise<void> => {
    pending = '';
    wanted = count;
    return new Promise((done) => (wake = done));
  };
  const greeted = replies(1);
  await once(socket, 'connect');
  await greeted;
  const say = async (text: string, count: number): Promise<void> => {
    const answered = replies(count);
    socket.write(text, 'latin1');
    await answered;
  };
  await say('EHLO probe.test\r\n', 1);
  const operations = await repeat(async () => {
    await say('MAIL FROM:<a@bench.test>\r\nRCPT TO:<b@bench.test>\r\nDATA\r\n', 3);
    await say(`${MAIL}\r\n.\r\n`, 1);
    return 1;
  });
  socket.end('QUIT\r\n');
  return operations;
};
