import { Inject, Injectable } from '@nestjs/common';
import type { RecipientReady } from '@postrider/contracts';
import { ConfigurationTable } from '@postrider/kafka';
import { CLOCK, type Clock } from '@postrider/runtime';
import type { Opening } from '../ledger/fact.js';
import { judge, type Verdict } from './eligibility.js';
import { openingOf } from './job.js';
import { Mails, NOT_CONFIGURED_YET, isMail, type PreparedMail } from './mails.js';

/** A recipient with its mail; without one it comes to an end, or waits for its configuration. */
export interface Candidate {
  ready: RecipientReady;
  opening: Opening;
  mail: PreparedMail | undefined;
}

/** Why a recipient gets nothing, as the ledger writes it. */
export interface End {
  state: Verdict['state'] | 'excluded';
  code: string;
  reason: string;
}

/** What is known of a message that waited. */
interface WaitingFacts {
  isCancelled: boolean;
  suppression: string | null;
}

const NOTHING_KNOWN: WaitingFacts = { isCancelled: false, suppression: null };

/** Decides what is known of a recipient before the ledger is asked: the rules, and whether there is a mail. */
@Injectable()
export class Preparer {
  constructor(
    private readonly mails: Mails,
    private readonly configurations: ConfigurationTable,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  candidate(ready: RecipientReady): Candidate {
    const fields = openingOf(ready);
    const prepared = this.prepare(ready);
    if (prepared === NOT_CONFIGURED_YET) return { ready, mail: undefined, opening: { ...fields, state: 'sending', code: null, reason: null, payload: ready } };
    if (!isMail(prepared)) return { ready, mail: undefined, opening: { ...fields, ...prepared, payload: null } };
    const payload = prepared.version.unknownOutcome === 'never-lost' ? ready : null;
    return { ready, mail: prepared, opening: { ...fields, state: 'sending', code: null, reason: null, payload } };
  }

  prepare(ready: RecipientReady, { isCancelled, suppression } = NOTHING_KNOWN): PreparedMail | End | typeof NOT_CONFIGURED_YET {
    const campaign = this.configurations.get('campaign', ready.campaignId);
    const verdict = judge({ expiresAt: ready.expiresAt, campaign, isCancelled }, this.clock.now());
    if (verdict) return verdict;
    if (suppression !== null) return { state: 'excluded', code: 'SUPPRESSED', reason: suppression };
    const mail = this.mails.prepare(ready);
    return mail === NOT_CONFIGURED_YET || isMail(mail) ? mail : { state: 'excluded', ...mail };
  }
}
