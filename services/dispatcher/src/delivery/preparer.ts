import { Inject, Injectable } from '@nestjs/common';
import type { RecipientReady } from '@postrider/contracts';
import { ConfigurationTable } from '@postrider/kafka';
import { CLOCK, type Clock } from '@postrider/runtime';
import type { Opening } from '../ledger/fact.js';
import { judge, type Verdict } from './eligibility.js';
import { openingOf } from './job.js';
import { Mails, isMail, type PreparedMail } from './mails.js';

/** A recipient with its mail, or with the end that it comes to without one. */
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
    if (!isMail(prepared)) return { ready, mail: undefined, opening: { ...fields, ...prepared, payload: null } };
    const payload = prepared.version.unknownOutcome === 'never-lost' ? ready : null;
    return { ready, mail: prepared, opening: { ...fields, state: 'sending', code: null, reason: null, payload } };
  }

  prepare(ready: RecipientReady, isCancelled = false): PreparedMail | End {
    const now = this.clock.now();
    const verdict = judge({ expiresAt: ready.expiresAt, campaign: this.configurations.get('campaign', ready.campaignId), isCancelled }, now);
    if (verdict) return verdict;
    const mail = this.mails.prepare(ready);
    return isMail(mail) ? mail : { state: 'excluded', ...mail };
  }
}
