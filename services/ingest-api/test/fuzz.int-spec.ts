import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { ExecutionAccepted, type AcceptedCall, type Problem } from '@postrider/contracts';
import { eventually } from '@postrider/testing';
import { aCall, aCallRecipient, anEmail } from './builders.js';
import { RunningService } from './running-service.js';

jest.setTimeout(120_000);

const UNITARY = '/im/executions/unitary';

let service: RunningService;
let campaignId: string;

beforeAll(async () => {
  service = await RunningService.prepare();
  await service.start();
  campaignId = (await service.campaign({}, { contextSchema: {} })).campaign.id;
});

afterAll(() => service.drop());

/** A call of which some part is anything at all. */
const anyCall = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.record({ requestId: fc.jsonValue(), campaignId: fc.jsonValue(), recipients: fc.jsonValue() }).map((body) => JSON.stringify(body)),
  fc
    .record(
      {
        type: fc.constantFrom('aep', 'external', 'x'), userId: fc.oneof(fc.emailAddress(), fc.string({ unit: 'binary', maxLength: 600 })), namespace: fc.constantFrom('email', 'EMAIL', 'phone', ''),
        context: fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), profile: fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
        channelData: fc.oneof(fc.constant(null), fc.record({ emailAddress: fc.oneof(fc.emailAddress(), fc.jsonValue()) })),
      },
      { requiredKeys: ['type', 'userId', 'namespace'] },
    )
    .map((recipient) => JSON.stringify(aCall(campaignId, { failureMode: 'partial', recipients: [aCallRecipient(), recipient as never] }))),
);

describe('whatever is sent', () => {
  it('is answered with 202 or a problem, and never with a failure of ours', async () => {
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(anyCall, async (body) => {
        const { status, body: answer } = await service.call<Problem>('POST', UNITARY, body);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        expect(status).toBeLessThan(500);
        if (status >= 400) expect(typeof answer.code).toBe('string');
      }),
      { numRuns: 400 },
    );

    expect([...statuses.keys()]).toEqual(expect.arrayContaining([202, 400]));
  });

  it.each([
    ['a NUL', '%00'], ['a hidden NUL', 'a%00b'], ['an emoji', '%F0%9F%98%80'], ['a way up', '..%2F..'], ['SQL', "';--"], ['very long', 'x'.repeat(3_000)], ['no UTF-8', '%FF'],
  ])('is read as nothing where a path or a query is %s', async (_what, text) => {
    const paths = [`/im/executions/${text}`, `/im/executions/${text}/recipients`, `/im/executions?requestId=${text}&campaignId=${text}`, `/im/executions/UMA-1/recipients?cursor=${text}&state=${text}`];

    const answers = await Promise.all(paths.map((path) => service.call('GET', path)));

    for (const { status } of answers) expect([400, 404, 414]).toContain(status);
  });

  it('is answered the same again also where a rejected identity holds what no table would take as text', async () => {
    const call = aCall(campaignId, { failureMode: 'partial', recipients: [aCallRecipient(), aCallRecipient({ userId: 'nul\0' }), aCallRecipient({ userId: 'half \ud83d' })] });

    const first = await service.call<AcceptedCall>('POST', UNITARY, call);
    const again = await service.call<AcceptedCall>('POST', UNITARY, call);

    expect(first.status).toBe(202);
    expect(first.body.recipients.map(({ error }) => error?.code)).toEqual([undefined, 'INVALID_IDENTITY', 'INVALID_IDENTITY']);
    expect(again.text).toBe(first.text);
  });

  it('is published as its contract says, also where optional fields are null', async () => {
    const nulls = { channelData: { emailAddress: null }, profile: null, context: null } as never;
    const recipients = [aCallRecipient(nulls), { ...aCallRecipient(), channelData: null as never }];

    const { status, body } = await service.call<AcceptedCall>('POST', UNITARY, aCall(campaignId, { recipients }));

    expect(status).toBe(202);
    await eventually(() => {
      const [accepted] = service.published(ExecutionAccepted, body.executionId);
      expect(ExecutionAccepted.payload.parse(accepted).recipients).toHaveLength(2);
    });
  });

  it('is refused by its size before it is parsed', async () => {
    const { status, body } = await service.call<Problem>('POST', UNITARY, aCall(campaignId, { recipients: [aCallRecipient({ userId: anEmail().padEnd(1_100_000) })] }));

    expect([status, body.code]).toEqual([413, 'BODY_TOO_LARGE']);
  });

  it('is taken in its largest form', async () => {
    const recipients = Array.from({ length: 20 }, () => aCallRecipient({ context: { text: 'a'.repeat(10_000) }, profile: { text: '\u00e5'.repeat(19_000) } }));

    const { status, body } = await service.call<AcceptedCall>('POST', UNITARY, aCall(campaignId, { recipients }));

    expect([status, body.recipients.length]).toEqual([202, 20]);
  });
});
