import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ExecutionAccepted, ExecutionResolved, RecipientReady, type AcceptedCall, type Problem } from '@postrider/contracts';
import { eventually } from '@postrider/testing';
import { CallController } from '../src/calls/call.controller.js';
import { aCall, aCallRecipient, anEmail } from './builders.js';
import { RunningService } from './running-service.js';

jest.setTimeout(60_000);

const UNITARY = '/im/executions/unitary';
const HIGH = '/im/executions/highthroughput';

let service: RunningService;

beforeAll(async () => {
  service = await RunningService.prepare();
  await service.start();
});

afterAll(() => service.drop());

async function executions(campaignId: string): Promise<{ targeted: number }[]> {
  const { rows } = await service.postgres.query<{ targeted: number }>('SELECT targeted FROM ingest.executions WHERE campaign_id = $1', [campaignId]);
  return rows;
}

describe(CallController.name, () => {
  it('answers 202 with what Adobe answers, and the log has the execution by then', async () => {
    const { campaign, version } = await service.campaign();
    const [ada, bob] = [aCallRecipient({ userId: ' Ada@Shop.test ', profile: { firstName: 'Ada' } }), aCallRecipient()];

    const { status, body } = await service.call<AcceptedCall>('POST', UNITARY, aCall(campaign.id, { requestId: 'order-1', recipients: [ada, bob] }));

    expect(status).toBe(202);
    expect(body).toMatchObject({ executionId: expect.stringMatching(/^UMA-/), requestId: 'order-1', createdBy: service.key.id, modifiedBy: service.key.id, modifiedAt: body.createdAt });
    expect(body.recipients).toEqual([ada, bob].map(({ userId }, index) => ({ index, userId, messageId: expect.any(String), result: 'accepted' })));
    const [accepted] = await eventually(() => {
      const found = service.published<ExecutionAccepted>(ExecutionAccepted, body.executionId);
      expect(found).toHaveLength(1);
      return found;
    });
    expect(ExecutionAccepted.payload.parse(accepted)).toMatchObject({
      tenantId: 'acme/prod', campaignVersionId: version.id, acceptedAt: body.createdAt,
      recipients: [{ identity: 'ada@shop.test', userId: ' Ada@Shop.test ', profile: { firstName: 'Ada' }, unknownProfiles: 'send' }, { context: { order: 1 } }],
    });
  });

  it('publishes recipients that are ready for a campaign of high throughput', async () => {
    const { campaign } = await service.campaign({ throughput: 'high' }, { unknownProfiles: 'refuse' });
    const recipients = [aCallRecipient({ profile: { firstName: 'Ada' } }), aCallRecipient({ channelData: { emailAddress: 'bob@shop.test' } })];

    const { status, body } = await service.call<AcceptedCall>('POST', HIGH, aCall(campaign.id, { recipients }));

    expect(status).toBe(202);
    await eventually(() => {
      const ready = service.published<RecipientReady>(RecipientReady, body.executionId).map((one) => RecipientReady.payload.parse(one));
      expect(ready.map(({ address }) => address).sort()).toEqual([recipients[0]?.userId, 'bob@shop.test'].sort());
      expect(service.published<ExecutionResolved>(ExecutionResolved, body.executionId)).toMatchObject([{ targeted: 2 }]);
      expect(service.published(ExecutionAccepted, body.executionId)).toEqual([]);
    });
  });

  it('makes one execution of a hundred calls at once, and each gets the same bytes', async () => {
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);

    const answers = await Promise.all(Array.from({ length: 100 }, () => service.call('POST', UNITARY, call)));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(99);
    expect(await executions(campaign.id)).toHaveLength(1);
  });

  it('lets one of two bodies with one requestId in, however close they come', async () => {
    const { campaign } = await service.campaign();
    const rounds = Array.from({ length: 40 }, () => randomUUID());

    const outcomes = await Promise.all(rounds.map((requestId) => Promise.all([1, 2, 3].map(() => service.call('POST', UNITARY, aCall(campaign.id, { requestId }))))));

    for (const answers of outcomes) expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    expect(await executions(campaign.id)).toHaveLength(rounds.length);
  });

  it('answers a dry run with the decision and a sample, and leaves nothing behind', async () => {
    const { campaign } = await service.campaign();

    const { status, body } = await service.call('POST', `${UNITARY}?dryRun=true`, aCall(campaign.id, { recipients: [aCallRecipient({ profile: { firstName: '<Ada>' } })] }));

    expect(status).toBe(200);
    expect(body).toMatchObject({ dryRun: true, recipients: [{ result: 'accepted', sample: { subject: 'Order 1', html: '<p>Hello &lt;Ada&gt;</p>' } }] });
    expect(await executions(campaign.id)).toEqual([]);
  });

  it('takes only known people where the campaign refuses others, and names each unknown one in order', async () => {
    const { campaign } = await service.campaign({}, { unknownProfiles: 'refuse' });
    const [unknown, known, alsoUnknown] = [anEmail(), anEmail(), anEmail()];
    await service.know(known);
    const recipients = [unknown, known.toUpperCase(), alsoUnknown].map((userId) => aCallRecipient({ userId }));

    const refused = await service.call<Problem>('POST', UNITARY, aCall(campaign.id, { recipients }));
    const partial = await service.call<AcceptedCall>('POST', UNITARY, aCall(campaign.id, { recipients, failureMode: 'partial' }));

    expect([refused.status, refused.body.code]).toEqual([422, 'UNKNOWN_PROFILE']);
    expect(refused.body.errors).toMatchObject([{ path: '/recipients/0/userId', index: 0, userId: unknown }, { path: '/recipients/2/userId', index: 2, userId: alsoUnknown }]);
    expect(partial.body.recipients.map(({ result, error }) => error?.code ?? result)).toEqual(['UNKNOWN_PROFILE', 'accepted', 'UNKNOWN_PROFILE']);
    expect(await executions(campaign.id)).toMatchObject([{ targeted: 1 }]);
  });

  it('gives the first answer again after the campaign has been stopped', async () => {
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);
    const first = await service.call('POST', UNITARY, call);
    await service.configure({ ...campaign, status: 'Stopped' });

    const again = await service.call('POST', UNITARY, call);
    const other = await service.call<Problem>('POST', UNITARY, aCall(campaign.id));

    expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([202, first.text, 'true']);
    expect([other.status, other.body.code]).toEqual([409, 'CAMPAIGN_STOPPED']);
  });
});
