import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RecipientReady } from '@postrider/contracts';
import { SmtpSink, ended, eventually } from '@postrider/testing';
import { aCampaign, anExecution, type Campaign } from './builders.js';
import { RunningService } from './running-service.js';

describe('what a dispatcher leaves to others', () => {
  let service: RunningService;
  let sink: SmtpSink;
  let neighbour: SmtpSink;

  beforeAll(async () => {
    service = await RunningService.prepare(1);
    [sink, neighbour] = await Promise.all([SmtpSink.start(), SmtpSink.start()]);
  });

  afterEach(async () => {
    sink.behaviour = {};
    await service.endAll();
  });

  afterAll(async () => {
    await service.drop();
    await Promise.all([sink.stop(), neighbour.stop()]);
  });

  const configured = async (campaign: Campaign): Promise<Campaign> => {
    await service.configure(campaign);
    return campaign;
  };

  it('is told of by its successor when it dies after a further try was recorded and before it was published', async () => {
    await service.start();
    const execution = anExecution(await configured(aCampaign(sink.port)), 5);
    sink.behaviour = { data: () => ({ code: 451, text: '4.7.1 later' }) };
    await service.send(execution);
    await eventually(() => expect(service.statuses(execution.executionId).filter(({ state }) => state === 'retrying').length).toBe(5));
    await service.endAll();
    sink.behaviour = {};
    await service.postgres.query('UPDATE delivery.retries SET due_at = now()');

    const signal = await ended(service.spawn({ FAULT_POINT: 'before-publish' }));
    const told = service.statuses(execution.executionId).map(({ state }) => state);
    await service.start();

    expect(signal).toBe('SIGKILL');
    expect(told).not.toContain('sent');
    await eventually(() => {
      const sent = service.statuses(execution.executionId).filter(({ state }) => state === 'sent');
      expect(sent.map(({ sequence, attempts }) => [sequence, attempts])).toEqual(Array.from({ length: 5 }, () => [2, 2]));
      expect(service.completions(execution.executionId).length).toBeGreaterThan(0);
    }, { timeoutMs: 30_000 });
    for (const { address } of execution.ready) expect(sink.mailsTo(address).length).toBe(1);
  }, 90_000);

  it('does not keep the messages of another provider waiting for one that hangs', async () => {
    sink.behaviour = { delayMs: 8_000 };
    const [slow, quick] = [anExecution(await configured(aCampaign(sink.port)), 8), anExecution(await configured(aCampaign(neighbour.port)), 8)];
    await service.writer.write(RecipientReady, slow.ready.flatMap((ready, i) => [ready, ...quick.ready.slice(i, i + 1)]));
    await service.send({ ready: [], resolved: quick.resolved });
    const startedAt = Date.now();
    await service.start();

    expect(await service.settled(quick.executionId)).toMatchObject({ sent: 8 });
    expect(Date.now() - startedAt).toBeLessThan(7_000);
    sink.behaviour = {};
    await service.send({ ready: [], resolved: slow.resolved });
    expect(await service.settled(slow.executionId, 40_000)).toMatchObject({ sent: 8, unknown: 0 });
    for (const { address } of slow.ready) expect(sink.mailsTo(address).length).toBe(1);
  }, 90_000);

  it('goes out at the rate of its provider, to the last one', async () => {
    await service.start();
    const campaign = aCampaign(sink.port);
    campaign.channel.email.provider.ratePerSecond = 10;
    const execution = anExecution(await configured(campaign), 80);

    await service.send(execution);
    const tally = await service.settled(execution.executionId, 40_000);

    const addresses = new Set(execution.ready.map(({ address }) => address));
    const times = sink.mails().filter(({ to }) => addresses.has(to[0] ?? '')).map(({ receivedAt }) => receivedAt.getTime());
    expect(tally).toMatchObject({ sent: 80 });
    expect(times.length).toBe(80);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(7_000);
  }, 90_000);
});
