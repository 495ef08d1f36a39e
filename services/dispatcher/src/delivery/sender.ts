/**
 * Hands the mails of a chunk over, each provider with as many at a time as it has sessions.
 * Guarantee: right before each hand-over the rules are asked again, and whether the attempt still holds. What is not begun
 * when the signal is aborted comes back untouched, as `ready`.
 */
import { Inject, Injectable } from '@nestjs/common';
import { RenderingFailed } from '@postrider/content';
import { ConfigurationTable } from '@postrider/kafka';
import { CLOCK, Metrics, type Clock } from '@postrider/runtime';
import { Faults } from '../faults/fault-points.js';
import type { Outcome } from '../ledger/fact.js';
import type { Attempt } from './attempt.js';
import { outcomeOf } from './classify.js';
import { judge } from './eligibility.js';
import type { Job } from './job.js';
import type { Provider } from '../providers/provider.js';
import type { Envelope } from '../smtp/send-result.js';

const SEND_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

@Injectable()
export class Sender {
  private inFlight = 0;
  private readonly seconds;

  constructor(
    private readonly configurations: ConfigurationTable,
    private readonly faults: Faults,
    @Inject(CLOCK) private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.seconds = metrics.histogram('dispatcher_send_seconds', 'From the start of a hand-over to its answer', ['result'], SEND_SECONDS);
    metrics.gauge('dispatcher_sends_in_flight', 'Hand-overs under way', [], (gauge) => gauge.set({}, this.inFlight));
  }

  /** Outcomes of all jobs, but those that were lost with the attempt. */
  async sendAll(jobs: readonly Job[], attempt: Attempt, signal: AbortSignal): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    const byProvider = Map.groupBy(jobs, (job) => job.mail.provider);
    await Promise.all([...byProvider].map(([provider, own]) => this.sendOver(provider, own, { attempt, signal, outcomes })));
    return outcomes;
  }

  private async sendOver(provider: Provider, jobs: Job[], run: { attempt: Attempt; signal: AbortSignal; outcomes: Outcome[] }): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let job = jobs[next++]; job; job = jobs[next++]) {
        const outcome = await this.sendOne(job, run.attempt, run.signal);
        if (outcome) run.outcomes.push(outcome);
      }
    };
    await Promise.all(Array.from({ length: Math.min(provider.maxConnections, jobs.length) }, worker));
  }

  private async sendOne(job: Job, attempt: Attempt, signal: AbortSignal): Promise<Outcome | undefined> {
    const untried = { messageId: job.message.messageId, tries: 0 as const, failure: null, responseCode: null, responseMs: null };
    if (signal.aborted) return { ...untried, state: 'ready', code: null, reason: null };
    const verdict = judge({ expiresAt: job.ready.expiresAt, campaign: this.configurations.get('campaign', job.ready.campaignId) }, this.clock.now());
    if (verdict) return { ...untried, ...verdict };
    if (!(await attempt.holds())) return undefined;
    const envelope = this.render(job);
    return envelope instanceof RenderingFailed ? { ...untried, state: 'excluded', code: 'RENDERING', reason: envelope.detail } : this.handOver(job, envelope);
  }

  private render({ mail }: Job): Envelope | RenderingFailed {
    try {
      return mail.render(this.clock.now());
    } catch (error) {
      if (error instanceof RenderingFailed) return error;
      throw error;
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
    };
    return outcomeOf(result, tried, this.clock.now());
  }
}
