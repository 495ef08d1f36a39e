import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationChanged, ExecutionCompleted, StatusChanged } from '@postrider/contracts';
import { SmtpSink, TopicReader, WebhookReceiver, eventually } from '@postrider/testing';
import { messageIdOf } from './harness/accounts.js';
import { finished, recipientOf, recipientsOf, trigger } from './harness/executions.js';
import { admin } from './harness/http.js';
import { aCampaign, aProfile, anAddress } from './harness/setup.js';
import { stack } from './harness/stack.js';

interface Feedback {
  messageExecution: { messageID: string };
  messageDeliveryFeedback: { feedbackStatus: { value: string } };
}

describe('the demo path', () => {
  let sink: SmtpSink;
  let receiver: WebhookReceiver;
  let reader: TopicReader;

  beforeAll(async () => {
    sink = await SmtpSink.start();
    receiver = await WebhookReceiver.start();
    reader = await TopicReader.start(stack().kafkaBrokers, [StatusChanged.topic, ExecutionCompleted.topic]);
    const webhook = await admin<{ id: string; secret: string }>('POST', '/feedback-webhooks', {
      name: `demo path ${Date.now()}`, channels: ['email'], url: receiver.url, authentication: { type: 'none' }, headers: {},
    });
    receiver.secrets = [webhook.secret];
  });

  afterAll(async () => {
    await reader.stop();
    await receiver.stop();
    await sink.stop();
  });

  it('turns one call into rendered mails, signed webhooks, a status topic and a timeline', async () => {
    const [known, fresh] = [anAddress('known'), anAddress('fresh')];
    await aProfile(known, { firstName: 'Ada' });
    const campaignId = await aCampaign({ smtpPort: sink.port, unknownProfiles: 'create', enableWebhooks: true });

    const accepted = await trigger({
      requestId: 'demo', campaignId,
      recipients: [recipientOf(known, { order: 1 }), recipientOf(fresh, { order: 2 })],
    });
    const { status, totals } = await finished(accepted.executionId);

    expect(status).toBe('Succeeded');
    expect(totals).toMatchObject({ targeted: 2, sent: 2, pending: 0 });
    const mails = await Promise.all([known, fresh].map(async (address) => (await eventually(() => sink.mailsTo(address)[0] ?? Promise.reject(new Error('no mail')))).parse()));
    expect(mails.map((mail) => mail.subject)).toEqual(['Order 1', 'Order 2']);
    expect(mails[0]?.html).toContain('Hello Ada');
    expect(sink.mails().map(messageIdOf).sort()).toEqual(accepted.recipients.map((recipient) => recipient.messageId).sort());

    await eventually(() => expect(receiver.calls().length).toBe(2));
    expect(receiver.calls().every((call) => call.verified)).toBe(true);
    const told = receiver.calls().map((call) => call.json as Feedback);
    expect(told.map((event) => event.messageDeliveryFeedback.feedbackStatus.value)).toEqual(['sent', 'sent']);

    // The topics hold what every spec before this one has sent; ours are told by their headers.
    const ours = <Payload>(topic: string): Payload[] => reader.records(topic)
      .filter(({ headers }) => headers['correlation-id'] === accepted.executionId)
      .map(({ value }) => JSON.parse(String(value)) as Payload);
    await eventually(() => {
      expect(ours<StatusChanged>(StatusChanged.topic).map((change) => change.state)).toEqual(['sent', 'sent']);
      expect(ours<ExecutionCompleted>(ExecutionCompleted.topic)[0]?.totals).toEqual(totals);
    }, { timeoutMs: 40_000 });

    const recipients = await recipientsOf(accepted.executionId);
    expect(recipients.map(({ userId, state }) => [userId, state]).sort()).toEqual([[fresh, 'sent'], [known, 'sent']].sort());
    for (const { timeline } of recipients) {
      const times = timeline.map(({ at }) => Date.parse(at));
      expect(timeline.map(({ state }) => state)).toEqual(expect.arrayContaining(['accepted', 'ready', 'sent']));
      expect([...times].sort((a, b) => a - b)).toEqual(times);
    }
  });

  it('creates the unknown profile in the dataset of interactive messages', async () => {
    const address = anAddress('created');
    const campaignId = await aCampaign({ smtpPort: sink.port, unknownProfiles: 'create' });

    await finished((await trigger({ requestId: 'create', campaignId, recipients: [recipientOf(address)] })).executionId);

    const { items } = await admin<{ items: { dataset: string; identities: unknown[] }[] }>('GET', `/profiles?namespace=email&value=${encodeURIComponent(address)}`);
    expect(items).toEqual([expect.objectContaining({ dataset: 'AJO Interactive Messaging Profile', identities: [expect.objectContaining({ value: address })] })]);
  });

  it('follows a change of configuration within a second, on the compacted topic', async () => {
    const campaignId = await aCampaign({ smtpPort: sink.port });
    const states = await TopicReader.start(stack().kafkaBrokers, [ConfigurationChanged.topic]);

    await admin('POST', `/campaigns/${campaignId}/stop`);

    await eventually(() => {
      const last = states.records().filter((record) => record.key === `campaign:${campaignId}`).at(-1);
      expect(JSON.parse(String(last?.value))).toMatchObject({ status: 'Stopped' });
    });
    await states.stop();
  });
});
