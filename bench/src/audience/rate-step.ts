/** A run at a send rate, while nothing else is at work: how exactly the rate is kept, by the mails at the sink. */
import { setTimeout as wait } from 'node:timers/promises';
import { say } from '../command.js';
import { contextB } from '../load/message-b.js';
import { stopCampaign } from '../load/scenario.js';
import { SinkTail } from '../measure/drain.js';
import type { SinkLine } from '../measure/ledger-check.js';
import { marketingCampaign, startRun } from './admin.js';
import { cancelled } from './cancelled.js';
import { keptRateOf } from './kept-rate.js';
import { ONE_COUNTRY } from './people.js';
import { evaluatedAudience } from './rules-step.js';
import { until, type AudienceBench, type RateOutcome } from './steps.js';

const FIRST_MAIL_DEADLINE_MS = 30_000;
/** For what comes twice. */
const SETTLE_MS = 1_000;

export async function rateStep({ stack, target, seconds, sendRate }: AudienceBench): Promise<RateOutcome> {
  const { audienceId, size } = await evaluatedAudience(stack, ONE_COUNTRY);
  const campaignId = await marketingCampaign(stack, audienceId, target.smtpPort, sendRate);
  const sink = new SinkTail(target.sinkFile);
  sink.read();
  const mails: SinkLine[] = [];
  try {
    const executionId = await startRun(stack, campaignId, contextB(1));
    await until('The first mail', FIRST_MAIL_DEADLINE_MS, async () => mails.push(...sink.read()) || undefined);
    say(`a run to ${size} at ${sendRate} mails/s: counting for ${seconds} s`);
    await wait((seconds + 1) * 1_000);
    const { totals } = await cancelled(stack, executionId);
    await wait(SETTLE_MS);
    mails.push(...sink.read());
    const kept = keptRateOf(mails.map(({ at }) => at), seconds, sendRate);
    return { sendRate, seconds, members: size, kept, totals, mails: { count: mails.length, doubled: mails.length - new Set(mails.map(({ messageId }) => messageId)).size } };
  } finally {
    await stopCampaign(stack, campaignId);
  }
}
