import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SmtpSink, eventually } from '@postrider/testing';
import { aCampaign, anExecution } from './builders.js';
import { RunningService } from './running-service.js';

describe('the context of an execution', () => {
  let service: RunningService;
  let sink: SmtpSink;

  beforeAll(async () => {
    service = await RunningService.prepare();
    sink = await SmtpSink.start();
    await service.start();
  });

  afterAll(async () => {
    await service.drop();
    await sink.stop();
  });

  const anExecutionWith = async (context: object | undefined, more: Parameters<typeof aCampaign>[1] = {}) => {
    const campaign = aCampaign(sink.port, more);
    await service.configure(campaign);
    const execution = anExecution(campaign, 30, { sharedContext: true, context: {} });
    if (context) await service.postgres.query('INSERT INTO ingest.audience_executions (execution_id, audience_id, context) VALUES ($1, $2, $3)', [execution.executionId, 'a', JSON.stringify(context)]);
    return execution;
  };

  it.each([
    ['at once', null],
    ['at a rate', 200],
  ])('is in the mail of each recipient, sent %s', async (_how, sendRatePerSecond) => {
    const execution = await anExecutionWith({ order: 'spring' }, { sendRatePerSecond });

    await service.send(execution);

    expect(await service.settled(execution.executionId)).toMatchObject({ sent: 30 });
    const subjects = await Promise.all(execution.ready.map(async ({ address }) => (await sink.mailsTo(address)[0]?.parse())?.subject));
    expect(new Set(subjects)).toEqual(new Set(['Order spring']));
  });

  it('excludes recipients, and says so, where it is not there', async () => {
    const execution = await anExecutionWith(undefined);

    await service.send(execution);

    expect(await service.settled(execution.executionId)).toMatchObject({ excluded: 30, sent: 0 });
    await eventually(() => expect(new Set(service.statuses(execution.executionId).map(({ code }) => code))).toEqual(new Set(['RENDERING'])));
  });
});
