import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionResolved, RecipientReady } from '@postrider/contracts';
import { Metrics } from '@postrider/runtime';
import { SmtpSink, eventually } from '@postrider/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { aCampaign, anExecution } from './builders.js';
import { RunningService } from './running-service.js';

describe('an execution that was cut short', () => {
  let service: RunningService;
  let sink: SmtpSink;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    service = await RunningService.prepare();
    sink = await SmtpSink.start();
    app = await service.start();
  });

  afterAll(async () => {
    await service.drop();
    await sink.stop();
  });

  const anExecutionOf = async (recipients: number, targeted: number) => {
    const campaign = aCampaign(sink.port);
    await service.configure(campaign);
    const execution = anExecution(campaign, recipients);
    return { ...execution, resolved: { ...execution.resolved, targeted } };
  };

  it('counts as cancelled whom it never came to, and is complete by that', async () => {
    const execution = await anExecutionOf(4, 10);
    await service.send(execution);
    await eventually(async () => expect(await service.tally(execution.executionId)).toMatchObject({ sent: 4, pending: 6 }));

    await service.writer.write(ExecutionResolved, [{ ...execution.resolved, unresolved: 6 }]);

    expect(await service.settled(execution.executionId)).toMatchObject({ targeted: 10, sent: 4, cancelled: 6, pending: 0 });
    await eventually(() => expect(service.completions(execution.executionId).at(-1)?.totals).toMatchObject({ targeted: 10, sent: 4, cancelled: 6, pending: 0 }));
  });

  it('keeps its number when the first fact comes again, alone or after the second in one batch, and is completed by the last message', async () => {
    const execution = await anExecutionOf(4, 10);
    const cut = { ...execution.resolved, unresolved: 6 };
    await service.writer.write(ExecutionResolved, [execution.resolved, cut, cut, execution.resolved]);
    await service.writer.write(ExecutionResolved, [execution.resolved]);
    await eventually(async () => expect(await service.tally(execution.executionId)).toMatchObject({ cancelled: 6, pending: 4 }));

    await service.writer.write(RecipientReady, execution.ready);

    expect(await service.settled(execution.executionId)).toMatchObject({ sent: 4, cancelled: 6 });
    await eventually(() => expect(service.completions(execution.executionId).at(-1)?.totals).toMatchObject({ sent: 4, cancelled: 6 }));
  });

  it('is complete at once where nobody was reached, and where nobody was meant', async () => {
    const [unreached, empty] = [await anExecutionOf(0, 5), await anExecutionOf(0, 0)];

    await service.writer.write(ExecutionResolved, [{ ...unreached.resolved, unresolved: 5 }, empty.resolved]);

    await eventually(() => expect(service.completions(unreached.executionId)[0]?.totals).toMatchObject({ targeted: 5, cancelled: 5, pending: 0 }));
    await eventually(() => expect(service.completions(empty.executionId)[0]?.totals).toMatchObject({ targeted: 0, pending: 0 }));
  });

  it('is told of loudly, and never made to fit, when more came to an end than it targets', async () => {
    const execution = await anExecutionOf(3, 5);
    await service.writer.write(ExecutionResolved, [{ ...execution.resolved, unresolved: 3 }]);

    await service.writer.write(RecipientReady, execution.ready);

    await eventually(async () => expect(await service.tally(execution.executionId)).toMatchObject({ sent: 3, cancelled: 3, pending: -1 }));
    await eventually(async () => expect(await app.get(Metrics).expose()).toMatch(/^dispatcher_ledger_overdrawn_total\{.*\} [1-9]/m));
  });
});
