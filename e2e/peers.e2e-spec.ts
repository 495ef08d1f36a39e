import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SmtpSink, eventually } from '@postrider/testing';
import { account, messageIdOf } from './harness/accounts.js';
import { callOf, finished, recipientOf, trigger, type Accepted } from './harness/executions.js';
import { ingest } from './harness/http.js';
import { sendLoad, totalsOf, unknownOf } from './harness/load.js';
import { aCampaign, aProfile, anAddress } from './harness/setup.js';
import { crash, everythingReady, pidOf } from './harness/stack.js';

const TIMEOUT_MS = 240_000;

/** Where a popular peer was seen to fail. */
describe('what others get wrong', () => {
  let sink: SmtpSink;

  beforeAll(async () => {
    sink = await SmtpSink.start();
  });

  afterAll(() => sink.stop());

  it('gives each recipient of a call a subject of its own', async () => {
    const campaignId = await aCampaign({ smtpPort: sink.port, subject: 'Hello {{ profile.firstName }}, order {{ context.order }}' });
    const users = await Promise.all(['Ada', 'Grace', 'Edsger'].map(async (firstName) => {
      const address = anAddress(firstName);
      await aProfile(address, { firstName });
      return address;
    }));

    await finished((await trigger({ requestId: 'subjects', campaignId, recipients: users.map((user, i) => recipientOf(user, { order: i })) })).executionId);

    const subjects = await Promise.all(users.map(async (user) => (await sink.mailsTo(user)[0]?.parse())?.subject));
    expect(subjects).toEqual(['Hello Ada, order 0', 'Hello Grace, order 1', 'Hello Edsger, order 2']);
  });

  it('loses nothing that was accepted while the mail server is down, not even by a kill', async () => {
    const campaignId = await aCampaign({ smtpPort: sink.port });
    await sink.pause();
    const load = await sendLoad(campaignId, 'down', 200);

    await crash('dispatcher');
    await sink.resume();
    await everythingReady();
    const totals = await totalsOf(load, 200_000);

    // What the killed process had in hand at that moment is said to be unknown, and is not sent again.
    const unknown = await unknownOf(load);
    const { lost, doubled } = account(load.messageIds, sink.mails(), unknown);
    expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
    expect(totals).toMatchObject({ targeted: 200, sent: 200 - unknown.size });
    expect(unknown.size).toBeLessThan(200);
  }, TIMEOUT_MS);

  it('finishes on SIGTERM what it has begun, and its successor the rest', async () => {
    const campaignId = await aCampaign({ smtpPort: sink.port });
    const before = sink.mails().length;
    const loading = sendLoad(campaignId, 'term', 1_000);
    await eventually(() => {
      if (sink.mails().length - before < 100) throw new Error('the run has not begun');
    }, { timeoutMs: 60_000, intervalMs: 5 });

    for (const service of ['dispatcher', 'profile-creator', 'ingest-api']) process.kill(pidOf(service), 'SIGTERM');
    const load = await loading;
    const totals = await totalsOf(load);

    const { lost, doubled } = account(load.messageIds, sink.mails());
    expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
    expect(totals).toMatchObject({ targeted: 1_000, sent: 1_000, unknown: 0 });
  }, TIMEOUT_MS);

  it('sends nothing of a call that it refuses', async () => {
    const campaignId = await aCampaign({ smtpPort: sink.port });
    const users = [anAddress(), anAddress()];

    const answer = await ingest.post('/im/executions/unitary', {
      requestId: 'refused', campaignId, recipients: [...users.map((user) => recipientOf(user)), { ...recipientOf(anAddress()), channelData: { emailAddress: 'nonsense' } }],
    });
    const after = anAddress('after');
    await finished((await trigger(callOf(campaignId, 'after', [after]))).executionId);

    expect(answer.status).toBe(422);
    expect(sink.mailsTo(after).length).toBe(1);
    expect(users.flatMap((user) => sink.mailsTo(user))).toEqual([]);
  });

  it('answers an overload before anything is sent: each call is wholly accepted or not at all', async () => {
    const campaignId = await aCampaign({ smtpPort: sink.port });
    const calls = Array.from({ length: 600 }, (_, i) => callOf(campaignId, `flood-${i}`, Array.from({ length: 5 }, (_unused, j) => `flood-${i}-${j}@load.test`)));

    const answers = await Promise.all(calls.map((call) => ingest.post<Accepted>('/im/executions/unitary', call)));

    expect(answers.filter(({ status }) => ![202, 429, 503].includes(status))).toEqual([]);
    for (const { status, headers } of answers) if (status !== 202) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    const accepted = answers.flatMap(({ status, body }) => (status === 202 ? [body] : []));
    await Promise.all(accepted.map(({ executionId }) => finished(executionId, 120_000)));
    const promised = accepted.flatMap(({ recipients }) => recipients.map(({ messageId }) => messageId));
    expect(account(promised, sink.mails())).toMatchObject({ lost: [], doubled: [] });
    const flooded = sink.mails().filter((mail) => mail.to[0]?.startsWith('flood-')).map(messageIdOf);
    expect(flooded.filter((id) => !promised.includes(id))).toEqual([]);
  }, TIMEOUT_MS);
});
