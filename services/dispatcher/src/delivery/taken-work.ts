import { Injectable } from '@nestjs/common';
import { RecipientReady } from '@postrider/contracts';
import type { LedgerMessage } from '../ledger/fact.js';
import type { TakenMessage } from '../ledger/take-messages.js';
import type { Work } from './job.js';
import { Judgement, type WaitingFacts } from './judgement.js';
import { NOT_CONFIGURED_YET, isMail } from './mails.js';
import { endedBy, givenBack, parked } from './outcomes.js';
import { Preparer } from './preparer.js';

const CONFIGURATION_WAIT_MS = 5_000;

interface Waited {
  message: LedgerMessage;
  ready: RecipientReady;
  facts: WaitingFacts;
}

const waited = ({ payload, isCancelled, suppression, ...message }: TakenMessage): Waited => ({
  message,
  ready: RecipientReady.payload.parse(payload),
  facts: { isCancelled, suppression },
});

/** Sorts what waited in the ledger, and is an attempt's now, into what may be sent and what comes of the rest. */
@Injectable()
export class TakenWork {
  constructor(
    private readonly preparer: Preparer,
    private readonly judgement: Judgement,
  ) {}

  /** Of messages whose time has come: those that need a permission as well are parked. */
  sort(taken: readonly TakenMessage[], now: Date): Work {
    return this.sortBy(taken, now, (ready) => this.judgement.mustWait(ready));
  }

  /** Of messages that have the permission. One whose execution was paused this moment has it no more. */
  permitted(taken: readonly TakenMessage[], now: Date): Work {
    return this.sortBy(taken, now, (ready) => this.judgement.isPaused(ready));
  }

  private sortBy(taken: readonly TakenMessage[], now: Date, mustWait: (ready: RecipientReady) => boolean): Work {
    const work: Work = { jobs: [], ended: [] };
    for (const { message, ready, facts } of taken.map(waited)) {
      const prepared = this.preparer.prepare(ready, facts);
      if (prepared === NOT_CONFIGURED_YET) work.ended.push({ message, outcome: givenBack(ready, new Date(now.getTime() + CONFIGURATION_WAIT_MS)) });
      else if (!isMail(prepared)) work.ended.push({ message, outcome: endedBy(message.messageId, prepared) });
      else if (mustWait(ready)) work.ended.push({ message, outcome: parked(ready) });
      else work.jobs.push({ ready, message, mail: prepared });
    }
    return work;
  }
}
