/**
 * Hands the mails of a chunk over, each provider with as many at a time as it has sessions.
 * Guarantee: right before each hand-over, with a session and the rate's turn at hand, the rules are asked again, and whether
 * the attempt still holds; this once more when the server waits for the first byte, for it may have been long in coming.
 * What is not begun when the signal is aborted, or within a few seconds, comes back untouched: it waits in the ledger, and
 * the chunk keeps nobody else waiting.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, Metrics, pause, type Clock } from '@postrider/runtime';
import { Faults } from '../faults/fault-points.js';
import type { Outcome } from '../ledger/fact.js';
import type { Attempt } from './attempt.js';
import { PROVIDER_UNAVAILABLE, outcomeOf } from './classify.js';
import type { Job } from './job.js';
import { Judgement } from './judgement.js';
import { endedBy, givenBack, parked } from './outcomes.js';
import type { Provider } from '../providers/provider.js';
import type { Envelope } from '../smtp/send-result.js';

const SEND_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const PATIENCE_MS = 5_000;

export interface SendRun {
  attempt: Attempt;
  signal: AbortSignal;
  /** Told of each outcome as soon as it is known. */
  report: (outcome: Outcome) => void;
}

/** The mail is not given out when the attempt has run out meanwhile: its session ends, and nothing was handed over. */
function onlyWhile(attempt: Attempt, envelope: Envelope): Envelope {
  const content = (takes8Bit: boolean): string => {
    if (!attempt.isValid) throw new Error('the lease ran out before the mail was asked for');
    return envelope.content(takes8Bit);
  };
  return { ...envelope, content };
}

@Injectable()
export class Sender {
  private inFlight = 0;
  private readonly seconds;

  constructor(
    private readonly judgement: Judgement,
    private readonly faults: Faults,
    @Inject(CLOCK) private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.seconds = metrics.histogram('dispatcher_send_seconds', 'From the start of a hand-over to its answer', ['result'], SEND_SECONDS);
    metrics.gauge('dispatcher_sends_in_flight', 'Hand-overs under way', [], (gauge) => gauge.set({}, this.inFlight));
  }

  /** Reports an outcome of every job, but of those that were lost with the attempt. */
  async sendAll(jobs: readonly Job[], run: SendRun): Promise<void> {
    const byProvider = Map.groupBy(jobs, (job) => job.mail.provider);
    await Promise.all([...byProvider].map(([provider, own]) => this.sendOver(provider, own, run)));
  }

  private async sendOver(provider: Provider, jobs: readonly Job[], run: SendRun): Promise<void> {
    const until = this.clock.monotonicMs() + PATIENCE_MS;
    let next = 0;
    let postponed = 0;
    const worker = async (): Promise<void> => {
      for (let job = jobs[next++]; job; job = jobs[next++]) {
        if (job.notBeforeMs !== undefined) await this.slot(job.notBeforeMs, run.signal);
        const patienceMs = until - this.clock.monotonicMs();
        const delayMs = provider.delayMs(postponed);
        const isTurn = !run.signal.aborted && delayMs < patienceMs && (await provider.enter(patienceMs));
        if (isTurn) await this.take(provider, job, run);
        else if (job.notBeforeMs !== undefined) run.report(parked(job.ready));
        else run.report(givenBack(job.ready, new Date(this.clock.now().getTime() + (run.signal.aborted ? 0 : provider.delayMs(++postponed)))));
      }
    };
    await Promise.all(Array.from({ length: Math.min(provider.maxConnections, jobs.length) }, worker));
  }

  private async take(provider: Provider, job: Job, run: SendRun): Promise<void> {
    try {
      const outcome = await this.sendOne(job, run);
      if (outcome) run.report(outcome);
    } finally {
      provider.leave();
    }
  }

  private async sendOne(job: Job, { attempt, signal }: SendRun): Promise<Outcome | undefined> {
    const { message, ready } = job;
    if (signal.aborted) return job.notBeforeMs === undefined ? givenBack(ready, this.clock.now()) : parked(ready);
    const stop = this.judgement.on(ready);
    if (stop) return endedBy(message.messageId, stop);
    if (this.judgement.isPaused(ready)) return parked(ready);
    if (!(await attempt.holds())) return undefined;
    const envelope = this.render(job);
    if (!('content' in envelope)) return endedBy(message.messageId, envelope);
    const outcome = await this.handOver(job, onlyWhile(attempt, envelope));
    // Stopped meanwhile: it must not be found among those that wait.
    const end = outcome.state === 'retrying' && this.judgement.on(ready);
    return end ? { ...outcome, ...end, isSilent: false } : outcome;
  }

  /** Resolves when the slot has come, or the signal is aborted. */
  private slot(atMs: number, signal: AbortSignal): Promise<void> {
    return pause(atMs - this.clock.monotonicMs(), signal);
  }

  /** Whatever goes wrong in making one mail is that mail's matter: the others of the chunk have their outcomes to report. */
  private render({ mail, context }: Job): Envelope | { state: 'excluded'; code: string; reason: string } {
    if (context === undefined) return { state: 'excluded', code: 'RENDERING', reason: 'The context of the execution is not there.' };
    try {
      return mail.render(this.clock.now(), context);
    } catch (error) {
      return { state: 'excluded', code: 'RENDERING', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  private async handOver({ mail, message, ready }: Job, envelope: Envelope): Promise<Outcome> {
    const startedAt = this.clock.monotonicMs();
    this.inFlight += 1;
    const result = await mail.provider.send(envelope).finally(() => (this.inFlight -= 1));
    this.seconds.observe({ result: result.kind }, (this.clock.monotonicMs() - startedAt) / 1_000);
    this.faults.visit('after-hand-over');
    const tried = {
      messageId: message.messageId,
      attempts: message.attempts,
      acceptedAt: new Date(ready.acceptedAt),
      policy: mail.version.unknownOutcome,
      payload: ready,
      providerPauseMs: mail.provider.breaker.waitMs,
      isKnownToWait: message.code === PROVIDER_UNAVAILABLE,
    };
    return outcomeOf(result, tried, this.clock.now());
  }
}
