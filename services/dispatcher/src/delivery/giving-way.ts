/**
 * Lets the sends of a campaign with a rate go before the taking in of what will wait for its turn.
 * Guarantee: while the sends of a campaign lag behind its rate, a call that took in messages of it is followed by a rest. The
 * taking in goes on with a fifth of the time at least.
 * Limits: what else is in the partitions of that call waits as well, half a second at most. Where it is the provider that is
 * slow, nothing is won by it. What the services before this one take of the machine is not seen.
 */
import { Injectable } from '@nestjs/common';
import type { RecipientReady } from '@postrider/contracts';
import { restAfter } from '@postrider/kafka';
import { Judgement } from './judgement.js';
import { ParkedChunks } from './parked-chunks.js';

@Injectable()
export class GivingWay {
  constructor(
    private readonly chunks: ParkedChunks,
    private readonly judgement: Judgement,
  ) {}

  /** For how long to rest, in milliseconds, after a call that took so long. */
  restMs(taken: readonly Pick<RecipientReady, 'campaignId' | 'campaignVersionId'>[], tookMs: number): number {
    const byCampaign = new Map(taken.map((ready) => [ready.campaignId, ready]));
    const isBehind = [...byCampaign].some(([campaignId, ready]) => {
      const ratePerSecond = this.judgement.rateOf(ready);
      return ratePerSecond !== undefined && this.chunks.isBehind(campaignId, ratePerSecond);
    });
    return isBehind ? restAfter(tookMs) : 0;
  }
}
