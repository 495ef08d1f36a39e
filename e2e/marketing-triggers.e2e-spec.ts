import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionRejected, ExecutionRequested } from '@postrider/contracts';
import { SmtpSink, TopicReader, TopicWriter, eventually } from '@postrider/testing';
import { aCrowd, aSegment, rulesFor, type Crowd } from './harness/audiences.js';
import { callOf, type ExecutionStatus } from './harness/executions.js';
import { admin, ingest } from './harness/http.js';
import { aMarketingCampaign, mailAccount } from './harness/runs.js';
import { aCampaign, anAddress } from './harness/setup.js';
import { stack } from './harness/stack.js';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..');
const MEMBERS = 25;

/** Where examples/set-up.sh puts the Python of the examples. */
const PYTHON = join(ROOT, '.local/examples/bin/python');

describe('calls over the log', () => {
  let sink: SmtpSink;
  let writer: TopicWriter;
  let reader: TopicReader;
  let crowd: Crowd;
  let transactional: string;
  let marketing: string;

  beforeAll(async () => {
    sink = await SmtpSink.start();
    writer = await TopicWriter.start(stack().kafkaBrokers, '');
    reader = await TopicReader.start(stack().kafkaBrokers, [ExecutionRejected.topic]);
    crowd = await aCrowd(MEMBERS);
    transactional = await aCampaign({ smtpPort: sink.port });
    marketing = await aMarketingCampaign({ smtpPort: sink.port, audienceId: await aSegment(rulesFor(crowd)) });
  });

  afterAll(async () => {
    await reader.stop();
    await writer.stop();
    await sink.stop();
  });

  const request = (kind: ExecutionRequested['kind'], body: ExecutionRequested['body']): ExecutionRequested => ({
    imsOrg: stack().orgId, sandbox: stack().sandbox, kind, body,
  });

  /** The execution of a requestId, once it is over. */
  const execution = (campaignId: string, requestId: string): Promise<ExecutionStatus & { createdBy: string }> =>
    eventually(async () => {
      const { status, body } = await ingest.get<ExecutionStatus & { createdBy: string }>(`/im/executions?requestId=${requestId}&campaignId=${campaignId}`);
      if (status !== 200 || body.status === 'InProgress') throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
      return body;
    }, { timeoutMs: 30_000 });

  const rejectionOf = (requestId: string): Promise<ExecutionRejected> =>
    eventually(() => {
      const found = reader.payloads<ExecutionRejected>(ExecutionRejected.topic).find((rejected) => rejected.requestId === requestId);
      if (!found) throw new Error(`no rejection of ${requestId}`);
      return found;
    }, { timeoutMs: 30_000 });

  it('of both kinds become executions like those of HTTP, and a repeated record does nothing more', async () => {
    const address = anAddress('log');
    const records = [
      request('unitary', callOf(transactional, 'log-unitary', [address])),
      request('audience', { requestId: 'log-audience', campaignId: marketing }),
    ];

    await writer.write(ExecutionRequested, [...records, ...records]);

    const [unitary, audience] = await Promise.all([execution(transactional, 'log-unitary'), execution(marketing, 'log-audience')]);
    expect(unitary).toMatchObject({ createdBy: 'topic:trigger.execution-requested.v1', totals: { targeted: 1, sent: 1 } });
    expect(audience).toMatchObject({ createdBy: 'topic:trigger.execution-requested.v1', totals: { targeted: MEMBERS, sent: MEMBERS } });
    expect(mailAccount(sink, [address, ...crowd.addresses])).toEqual({ missing: [], doubled: [], strangers: [] });
  });

  it('that are refused are told of with the code of HTTP, and their neighbours go on', async () => {
    const stopped = await aCampaign({ smtpPort: sink.port });
    await admin('POST', `/campaigns/${stopped}/stop`);
    await eventually(async () => {
      const { status } = await ingest.post('/im/executions/unitary?dryRun=true', callOf(stopped, 'log-probe', [anAddress()]));
      if (status !== 409) throw new Error('the stop is on its way');
    }, { intervalMs: 10 });
    const [good, other] = [anAddress('good'), anAddress('other')];

    await writer.write(ExecutionRequested, [
      request('unitary', callOf(stopped, 'log-stopped', [other])),
      request('unitary', callOf(transactional, 'log-good', [good])),
      request('audience', { requestId: 'log-mismatch', campaignId: transactional }),
      request('audience', { requestId: 'log-unknown', campaignId: marketing, audience: { id: 'nobody' } }),
      request('unitary', { requestId: 'log-empty', campaignId: transactional, recipients: [] }),
    ]);

    await execution(transactional, 'log-good');
    const rejections = await Promise.all(['log-stopped', 'log-mismatch', 'log-unknown', 'log-empty'].map(rejectionOf));
    expect(rejections.map(({ status, code }) => [status, code])).toEqual([
      [409, 'CAMPAIGN_STOPPED'], [409, 'CAMPAIGN_TYPE_MISMATCH'], [404, 'AUDIENCE_NOT_FOUND'], [400, 'NO_RECIPIENTS'],
    ]);
    expect(rejections.every(({ source }) => source.topic === ExecutionRequested.topic)).toBe(true);
    expect([sink.mailsTo(good).length, sink.mailsTo(other).length]).toEqual([1, 0]);
  });

  it('for a tenant that is not there are refused', async () => {
    await writer.write(ExecutionRequested, [{ ...request('unitary', callOf(transactional, 'log-elsewhere', [anAddress()])), sandbox: 'elsewhere' }]);

    expect(await rejectionOf('log-elsewhere')).toMatchObject({ sandbox: 'elsewhere' });
  });

  const examples: [string, string, string[]][] = [
    ['TypeScript', process.execPath, ['examples/typescript/publish.ts']],
    ['Python', PYTHON, ['examples/python/publish.py']],
    ['kcat', 'bash', ['examples/kcat/publish.sh']],
  ];

  it.each(examples)('are made by the example in %s, of both kinds, and a refusal is read', async (name, command, args) => {
    if (command === PYTHON && !existsSync(PYTHON)) throw new Error('Run examples/set-up.sh first: it installs what the examples need.');
    const address = anAddress('example');
    const publish = async (requestId: string, more: Record<string, string>): Promise<string> => {
      const { kafkaBrokers, orgId, sandbox } = stack();
      const settings = { KAFKA_BROKERS: kafkaBrokers.join(','), IMS_ORG: orgId, SANDBOX: sandbox, REQUEST_ID: requestId };
      return (await run(command, args, { cwd: ROOT, env: { ...process.env, ...settings, ...more } })).stdout;
    };

    const said = await publish(`${name}-unitary`, { CAMPAIGN_ID: transactional, RECIPIENT: address });
    await publish(`${name}-audience`, { CAMPAIGN_ID: marketing });
    await publish(`${name}-refused`, { CAMPAIGN_ID: 'nowhere' });

    expect(said).toContain(`${name}-unitary is in trigger.execution-requested.v1`);
    expect((await execution(transactional, `${name}-unitary`)).totals).toMatchObject({ targeted: 1, sent: 1 });
    expect((await execution(marketing, `${name}-audience`)).totals).toMatchObject({ targeted: MEMBERS, sent: MEMBERS });
    expect((await sink.mailsTo(address)[0]?.parse())?.subject).toBe('Order 4711');
    expect(await rejectionOf(`${name}-refused`)).toMatchObject({ status: 404, code: 'CAMPAIGN_NOT_FOUND' });
  }, 90_000);

  it('that were refused are printed by the example in kcat', async () => {
    await rejectionOf('kcat-refused');

    const { stdout } = await run('bash', ['examples/kcat/rejections.sh'], { cwd: ROOT, env: { ...process.env, KAFKA_BROKERS: stack().kafkaBrokers.join(',') } });

    const printed = stdout.trim().split('\n').map((line) => JSON.parse(line) as ExecutionRejected);
    expect(printed.map(({ requestId }) => requestId)).toContain('kcat-refused');
  });
});
