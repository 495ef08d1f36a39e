import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { SmtpSink } from '@postrider/testing';
import { aCampaign, type anExecution, type Campaign } from './builders.js';
import { RunningService } from './running-service.js';

const CONNECTIONS = 20;

export type Execution = ReturnType<typeof anExecution>;

/** What the specs of a block work with: there before the first, without a process after each, gone after the last. */
export function serviceAndSink(given: (started: { service: RunningService; sink: SmtpSink }) => void): void {
  let service: RunningService;
  let sink: SmtpSink;

  beforeAll(async () => {
    service = await RunningService.prepare(4);
    sink = await SmtpSink.start();
    given({ service, sink });
  });

  afterEach(() => service.endAll());

  afterAll(async () => {
    await service.drop();
    await sink.stop();
  });
}

/** A marketing campaign with a send rate that a sink may get mails of over many connections. */
export async function ratedCampaign(service: RunningService, sink: SmtpSink, sendRatePerSecond: number): Promise<Campaign> {
  const campaign = aCampaign(sink.port, { sendRatePerSecond });
  campaign.campaign.campaignKind = 'marketing';
  campaign.channel.email.provider.maxConnections = CONNECTIONS;
  await service.configure(campaign);
  return campaign;
}

/** When each mail of an execution came, in milliseconds since the first. */
export function arrivalsAt(sink: SmtpSink, ready: Execution['ready']): number[] {
  const addresses = new Set(ready.map(({ address }) => address));
  const times = sink.mails().filter(({ to }) => addresses.has(to[0] ?? '')).map(({ receivedAt }) => receivedAt.getTime()).sort((a, b) => a - b);
  return times.map((time) => time - (times[0] ?? 0));
}
