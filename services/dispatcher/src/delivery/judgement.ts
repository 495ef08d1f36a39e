import { Inject, Injectable } from '@nestjs/common';
import type { RecipientReady } from '@postrider/contracts';
import { ConfigurationTable } from '@postrider/kafka';
import { CLOCK, type Clock } from '@postrider/runtime';
import { DISPATCH_OPTIONS, type DispatchOptions } from './dispatch-options.js';
import { judge, type Candidate, type Verdict } from './eligibility.js';
import { Holds } from './holds.js';

/** What the ledger says of a message that waited. */
export type WaitingFacts = Pick<Candidate, 'isCancelled' | 'suppression'>;

/** Asks the rules about a recipient as things stand now. */
@Injectable()
export class Judgement {
  constructor(
    private readonly configurations: ConfigurationTable,
    private readonly holds: Holds,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(DISPATCH_OPTIONS) private readonly options: DispatchOptions,
  ) {}

  /** Undefined for a recipient that may be sent to. */
  on(ready: RecipientReady, facts: WaitingFacts = {}): Verdict | undefined {
    const { acceptedAt, expiresAt, campaignId, executionId } = ready;
    const candidate: Candidate = {
      ...facts,
      acceptedAt,
      expiresAt,
      campaign: this.configurations.get('campaign', campaignId),
      sendRatePerSecond: this.rateOf(ready),
      isCancelled: facts.isCancelled || this.holds.isCancelled(executionId),
    };
    return judge(candidate, { now: this.clock.now(), sendingWindowMs: this.options.sendingWindowMs });
  }

  /** Whether it may not begin before it gets a permission: a turn at the rate, or the end of a pause. */
  mustWait(ready: RecipientReady): boolean {
    return this.rateOf(ready) !== undefined || this.holds.isPaused(ready.executionId);
  }

  isPaused({ executionId }: RecipientReady): boolean {
    return this.holds.isPaused(executionId);
  }

  /** Hand-overs a second, of the campaign over all processes. */
  rateOf({ campaignVersionId }: Pick<RecipientReady, 'campaignVersionId'>): number | undefined {
    return this.configurations.get('campaign-version', campaignVersionId)?.sendRatePerSecond ?? undefined;
  }
}
