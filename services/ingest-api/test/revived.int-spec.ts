/** Executions that were stored and never published, and are published by the same call again when things have changed since. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ExecutionAccepted, ExecutionResolved, RecipientReady, type AcceptedCall, type ExecutionStatusAnswer, type UnitaryCall } from '@postrider/contracts';
import { MessagePublisher } from '@postrider/kafka';
import { DependencyUnavailable } from '@postrider/runtime';
import { eventually } from '@postrider/testing';
import { CallService } from '../src/calls/call.service.js';
import { aCall, aCallRecipient, aCampaign, anEmail } from './builders.js';
import { RunningService } from './running-service.js';

jest.setTimeout(60_000);

const UNITARY = '/im/executions/unitary';
const HIGH = '/im/executions/highthroughput';

let service: RunningService;
let app: NestFastifyApplication;

beforeAll(async () => {
  service = await RunningService.prepare();
  app = await service.start();
});

afterAll(() => service.drop());

/** Leaves the call as a crash between the row and the log would. */
async function storeOnly(path: string, call: UnitaryCall): Promise<void> {
  const spy = jest.spyOn(app.get(MessagePublisher, { strict: false }), 'publish').mockRejectedValue(new DependencyUnavailable('kafka', new Error('spec')));
  const { status } = await service.call('POST', path, call);
  spy.mockRestore();
  expect(status).toBe(503);
}

/** The only record of this kind and execution. */
const theOne = <Payload>(contract: Parameters<RunningService['published']>[0], executionId: string): Promise<Payload> =>
  eventually(() => {
    const found = service.published<Payload>(contract, executionId);
    expect(found).toHaveLength(1);
    return found[0] as Payload;
  });

async function revive(path: string, call: UnitaryCall): Promise<AcceptedCall> {
  const { status, headers, body } = await service.call<AcceptedCall>('POST', path, call);
  expect([status, headers.get('idempotency-replayed')]).toEqual([202, 'true']);
  return body;
}

describe(`${CallService.name}: what was stored and not published`, () => {
  it('is published with the version that it was accepted for, although another is live by now', async () => {
    const { campaign, version } = await service.campaign();
    const call = aCall(campaign.id);
    await storeOnly(UNITARY, call);
    const next = aCampaign().version;
    await service.configure({ ...next, campaignId: campaign.id, version: 2 }, { ...campaign, liveVersionId: next.id });

    const { executionId } = await revive(UNITARY, call);

    expect((await theOne<ExecutionAccepted>(ExecutionAccepted, executionId)).campaignVersionId).toBe(version.id);
  });

  it('is published although its campaign was stopped meanwhile: whoever sends sees to that', async () => {
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);
    await storeOnly(UNITARY, call);
    await service.configure({ ...campaign, status: 'Stopped' });

    const { executionId, createdAt } = await revive(UNITARY, call);

    expect((await theOne<ExecutionAccepted>(ExecutionAccepted, executionId)).acceptedAt).toBe(createdAt);
  });

  it('is published to those whom the first answer accepts, although another one has become known', async () => {
    const { campaign } = await service.campaign({}, { unknownProfiles: 'refuse' });
    const [known, late] = [anEmail(), anEmail()];
    await service.know(known);
    const call = aCall(campaign.id, { failureMode: 'partial', recipients: [late, known].map((userId) => aCallRecipient({ userId })) });
    await storeOnly(UNITARY, call);
    await service.know(late);

    const { executionId, recipients } = await revive(UNITARY, call);

    expect(recipients.map(({ result }) => result)).toEqual(['rejected', 'accepted']);
    expect((await theOne<ExecutionAccepted>(ExecutionAccepted, executionId)).recipients).toMatchObject([{ userId: known, messageId: recipients[1]?.messageId }]);
    expect((await service.call<ExecutionStatusAnswer>('GET', `/im/executions/${executionId}`)).body.totals).toMatchObject({ targeted: 1, pending: 1 });
  });

  it('is published as ready at high throughput, its count as well', async () => {
    const { campaign } = await service.campaign({ throughput: 'high' });
    const call = aCall(campaign.id, { recipients: [aCallRecipient({ profile: { firstName: 'Ada' } })] });
    await storeOnly(HIGH, call);

    const { executionId, recipients, createdAt } = await revive(HIGH, call);

    expect(await theOne<RecipientReady>(RecipientReady, executionId)).toMatchObject({ messageId: recipients[0]?.messageId, acceptedAt: createdAt, address: call.recipients[0]?.userId });
    expect(await theOne<ExecutionResolved>(ExecutionResolved, executionId)).toMatchObject({ targeted: 1 });
  });

  it('is one execution for calls that repeat it at the same time', async () => {
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);
    await storeOnly(UNITARY, call);

    const answers = await Promise.all(Array.from({ length: 30 }, () => revive(UNITARY, call)));

    const executionId = answers[0]?.executionId ?? '';
    expect(new Set(answers.map((answer) => answer.executionId)).size).toBe(1);
    await eventually(() => expect(new Set(service.published<ExecutionAccepted>(ExecutionAccepted, executionId).map(({ recipients }) => recipients[0]?.messageId)).size).toBe(1));
  });

  it('is not published by another body under its requestId', async () => {
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);
    await storeOnly(UNITARY, call);

    const other = await service.call('POST', UNITARY, { ...call, failureMode: 'partial' });
    const { executionId } = await revive(UNITARY, call);

    expect(other.status).toBe(409);
    await theOne(ExecutionAccepted, executionId);
  });
});
