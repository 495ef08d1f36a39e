import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionAccepted, RecipientReady, RecipientResolved, topicOf } from '@postrider/contracts';
import { SmtpSink, TopicWriter, eventually } from '@postrider/testing';
import { sendLoad, totalsOf } from './harness/load.js';
import { aCampaign } from './harness/setup.js';
import { STACK_FOLDER, stack } from './harness/stack.js';

const RECIPIENTS = 500;
const CLI = join(import.meta.dirname, '../tools/dist/cli.js');

const dlq = (...args: string[]): string =>
  execFileSync(process.execPath, [CLI, 'dlq', ...args, '--dir', STACK_FOLDER], { encoding: 'utf8' });

/** `{topic → letters}` as an operator sees it. */
function letters(): Record<string, number> {
  const rows: string[][] = dlq('list').trim().split('\n').map((line) => line.trim().split(/\s+/));
  return Object.fromEntries(rows.map(([count, topic]) => [String(topic), Number(count)]));
}

describe('poison records', () => {
  let sink: SmtpSink;
  let writer: TopicWriter;

  beforeAll(async () => {
    sink = await SmtpSink.start();
    writer = await TopicWriter.start(stack().kafkaBrokers, '');
  });

  afterAll(async () => {
    await writer.stop();
    await sink.stop();
  });

  it('all become dead letters with a reason, and the good ones among them are all sent', async () => {
    const campaignId = await aCampaign({ smtpPort: sink.port });
    const topics = [ExecutionAccepted, RecipientResolved, RecipientReady].map((contract) => topicOf(contract));
    const before = letters();

    const loading = sendLoad(campaignId, 'poison', RECIPIENTS);
    for (let i = 0; i < 15; i += 1) {
      for (const topic of topics) await writer.writeRaw(topic, `poison-${i}`, i % 2 ? 'not JSON' : '{"tenantId":42}');
    }
    const totals = await totalsOf(await loading);

    expect(totals).toMatchObject({ targeted: RECIPIENTS, sent: RECIPIENTS });
    await eventually(() => {
      const after = letters();
      const added = Object.entries(after).map(([topic, count]) => [topic, count - (before[topic] ?? 0)] as const).filter(([, count]) => count > 0);
      expect(added.map(([, count]) => count)).toEqual([15, 15, 15]);
    }, { timeoutMs: 60_000, intervalMs: 500 });
    const topic = Object.keys(letters()).find((name) => name.startsWith('dispatcher.') && name.includes('recipient-ready.transactional')) ?? '';
    expect(dlq('show', topic, '--limit', '3')).toContain('INVALID_MESSAGE');
  }, 180_000);

  it('go back to their topic with the same bytes when they are replayed', async () => {
    const [topic = ''] = Object.entries(letters()).find(([name, count]) => name.startsWith('dispatcher.') && count > 0) ?? [];
    const before = letters()[topic] ?? 0;

    const said = dlq('replay', topic, '--from', '0', '--to', '0');

    expect(said).toContain('1 of 1 letters');
    await eventually(() => expect(letters()[topic]).toBe(before + 1), { timeoutMs: 30_000, intervalMs: 500 });
  }, 90_000);
});
