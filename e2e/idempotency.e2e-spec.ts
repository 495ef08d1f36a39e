import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SmtpSink, eventually } from '@postrider/testing';
import { callOf, finished, recipientOf, trigger, type Accepted } from './harness/executions.js';
import { ingest, type Problem } from './harness/http.js';
import { aCampaign, aProfile, anAddress } from './harness/setup.js';

const UNITARY = '/im/executions/unitary';

describe('one requestId', () => {
  let sink: SmtpSink;
  let campaignId: string;

  beforeAll(async () => {
    sink = await SmtpSink.start();
    campaignId = await aCampaign({ smtpPort: sink.port });
  });

  afterAll(() => sink.stop());

  it('makes one execution of a hundred calls at once, with equal answers and one mail', async () => {
    const address = anAddress('hundred');
    const call = callOf(campaignId, 'hundred', [address]);

    const answers = await Promise.all(Array.from({ length: 100 }, () => ingest.post<Accepted>(UNITARY, call)));

    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(answers.filter((answer) => answer.headers['idempotency-replayed'] === 'true').length).toBe(99);
    await finished(answers[0]?.body.executionId ?? '');
    expect(sink.mailsTo(address).length).toBe(1);
  });

  it('is refused with another body, and the first call stands', async () => {
    const [first, second] = [anAddress('first'), anAddress('second')];
    const accepted = await trigger(callOf(campaignId, 'reused', [first]));

    const answer = await ingest.post<Problem>(UNITARY, callOf(campaignId, 'reused', [second]));
    await finished(accepted.executionId);

    expect([answer.status, answer.body.code]).toEqual([409, 'REQUEST_ID_REUSED']);
    expect([sink.mailsTo(first).length, sink.mailsTo(second).length]).toEqual([1, 0]);
  });

  it('is not used up by a refused call', async () => {
    const address = anAddress('later');
    const refused = await ingest.post<Problem>(UNITARY, { requestId: 'not-used-up', campaignId, recipients: [{ ...recipientOf(address), namespace: 'phone' }] });

    const accepted = await trigger(callOf(campaignId, 'not-used-up', [address]));

    expect(refused.status).toBe(422);
    expect(accepted.requestId).toBe('not-used-up');
  });
});

describe('unknown profiles', () => {
  let sink: SmtpSink;

  beforeAll(async () => {
    sink = await SmtpSink.start();
  });

  afterAll(() => sink.stop());

  it('fail the whole call under "refuse", and nothing is sent to the known ones', async () => {
    const campaignId = await aCampaign({ smtpPort: sink.port, unknownProfiles: 'refuse' });
    const [known, unknown] = [anAddress('known'), anAddress('unknown')];
    await aProfile(known);

    const answer = await ingest.post<Problem>(UNITARY, callOf(campaignId, 'refuse', [known, unknown]));
    const accepted = await trigger(callOf(campaignId, 'refuse', [known]));
    await finished(accepted.executionId);

    expect([answer.status, answer.body.code, answer.body.errors?.map((fault) => fault.userId)]).toEqual([422, 'UNKNOWN_PROFILE', [unknown]]);
    expect([sink.mailsTo(known).length, sink.mailsTo(unknown).length]).toEqual([1, 0]);
  });

  it('are left out, named, under "refuse" when the caller accepts a part', async () => {
    const campaignId = await aCampaign({ smtpPort: sink.port, unknownProfiles: 'refuse' });
    const [known, unknown] = [anAddress('known'), anAddress('unknown')];
    await aProfile(known);

    const accepted = await trigger({ ...callOf(campaignId, 'partial', [known, unknown]), failureMode: 'partial' });
    const { totals } = await finished(accepted.executionId);

    expect(accepted.recipients.map(({ result, error }) => [result, error?.code])).toEqual([['accepted', undefined], ['rejected', 'UNKNOWN_PROFILE']]);
    expect(totals).toMatchObject({ targeted: 1, sent: 1 });
  });

  it.each(['create', 'send'] as const)('get their message under "%s"', async (unknownProfiles) => {
    const campaignId = await aCampaign({ smtpPort: sink.port, unknownProfiles });
    const address = anAddress(unknownProfiles);

    await finished((await trigger(callOf(campaignId, 'unknown', [address]))).executionId);

    await eventually(() => expect(sink.mailsTo(address).length).toBe(1));
  });
});
