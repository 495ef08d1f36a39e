/**
 * An HTTP endpoint that answers 204 and writes one line per webhook: `<microseconds> <messageID> <webhook-id> <status>`.
 * A process of its own.
 */
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:http';
import { nowMicros } from '../clock.js';
import { endWithParent } from '../measure/with-parent.js';

interface Feedback {
  messageExecution: { messageID: string };
  messageDeliveryFeedback: { feedbackStatus: { value: string } };
}

const [port = '0', file = '/dev/null'] = process.argv.slice(2);
const log = createWriteStream(file, { flags: 'a' });
const server = createServer((request, response) => {
  const receivedAt = nowMicros();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const feedback = JSON.parse(Buffer.concat(chunks).toString()) as Feedback;
    const { messageID } = feedback.messageExecution;
    log.write(`${receivedAt} ${messageID} ${String(request.headers['webhook-id'])} ${feedback.messageDeliveryFeedback.feedbackStatus.value}\n`);
    response.writeHead(204).end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`);
});
endWithParent(() => log.end(() => process.exit(0)));
