import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SmtpSink, ended } from '@postrider/testing';
import { FAULT_POINTS } from '../src/faults/fault-points.js';
import { aCampaign, anExecution } from './builders.js';
import { RunningService } from './running-service.js';

const RECIPIENTS = 60;
const MESSAGE_ID = /^Message-ID:\s*<([^@>]+)/im;

describe('a dispatcher that is killed at a named moment', () => {
  let service: RunningService;
  let sink: SmtpSink;

  beforeAll(async () => {
    // One partition, so that all recipients are of one chunk and nothing else is in flight.
    service = await RunningService.prepare(1);
    sink = await SmtpSink.start();
  });

  afterAll(async () => {
    await service.drop();
    await sink.stop();
  });

  const timesById = (): Map<string, number> => {
    const times = new Map<string, number>();
    for (const mail of sink.mails()) {
      const id = MESSAGE_ID.exec(mail.raw.toString('latin1'))?.[1] ?? '';
      times.set(id, (times.get(id) ?? 0) + 1);
    }
    return times;
  };

  it.each(FAULT_POINTS)('%s: nothing lost, nothing doubled, and what cannot be known is said', async (point) => {
    const campaign = aCampaign(sink.port);
    await service.configure(campaign);
    const execution = anExecution(campaign, RECIPIENTS);
    await service.send(execution);

    const victim = service.spawn({ FAULT_POINT: point });
    const signal = await ended(victim);
    const successor = service.spawn();
    const tally = await service.settled(execution.executionId, 45_000);
    successor.kill('SIGTERM');
    await ended(successor);

    const times = timesById();
    const received = execution.ready.filter(({ messageId }) => times.has(messageId)).length;
    expect(signal).toBe('SIGKILL');
    expect(execution.ready.filter(({ messageId }) => (times.get(messageId) ?? 0) > 1)).toEqual([]);
    expect(tally.sent + tally.unknown).toBe(RECIPIENTS);
    expect(received).toBeGreaterThanOrEqual(tally.sent);
    if (['after-claim', 'before-publish', 'before-commit'].includes(point)) expect(tally.sent).toBe(RECIPIENTS);
  }, 90_000);

  it('sends again what a campaign would rather have twice than not at all', async () => {
    const campaign = aCampaign(sink.port, { unknownOutcome: 'never-lost' });
    await service.configure(campaign);
    const execution = anExecution(campaign, RECIPIENTS);
    await service.send(execution);

    await ended(service.spawn({ FAULT_POINT: 'before-record' }));
    const successor = service.spawn();
    const tally = await service.settled(execution.executionId, 45_000);
    successor.kill('SIGTERM');
    await ended(successor);

    const times = timesById();
    expect(tally).toMatchObject({ sent: RECIPIENTS, unknown: 0 });
    expect(execution.ready.filter(({ messageId }) => !times.has(messageId))).toEqual([]);
  }, 90_000);
});
