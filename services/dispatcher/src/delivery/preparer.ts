import { Injectable } from '@nestjs/common';
import type { RecipientReady } from '@postrider/contracts';
import type { Opening } from '../ledger/fact.js';
import type { Verdict } from './eligibility.js';
import { openingOf } from './job.js';
import { Judgement, type WaitingFacts } from './judgement.js';
import { Mails, NOT_CONFIGURED_YET, isMail, type PreparedMail } from './mails.js';

/** A recipient with its mail; without one it comes to an end, or waits: for its configuration, or for a permission. */
export interface Candidate {
  ready: RecipientReady;
  opening: Opening;
  mail: PreparedMail | undefined;
}

/** Decides what is known of a recipient before the ledger is asked: the rules, and whether there is a mail. */
@Injectable()
export class Preparer {
  constructor(
    private readonly mails: Mails,
    private readonly judgement: Judgement,
  ) {}

  candidate(ready: RecipientReady): Candidate {
    const fields = openingOf(ready);
    const prepared = this.prepare(ready);
    if (prepared === NOT_CONFIGURED_YET) return { ready, mail: undefined, opening: { ...fields, state: 'sending', code: null, reason: null, payload: ready } };
    if (!isMail(prepared)) return { ready, mail: undefined, opening: { ...fields, ...prepared, payload: null } };
    if (this.judgement.mustWait(ready)) return { ready, mail: undefined, opening: { ...fields, state: 'ready', code: null, reason: null, payload: ready } };
    const payload = prepared.version.unknownOutcome === 'never-lost' ? ready : null;
    return { ready, mail: prepared, opening: { ...fields, state: 'sending', code: null, reason: null, payload } };
  }

  /** The mail of a recipient that may be sent to, or the end that it comes to. */
  prepare(ready: RecipientReady, facts: WaitingFacts = {}): PreparedMail | Verdict | typeof NOT_CONFIGURED_YET {
    const verdict = this.judgement.on(ready, facts);
    if (verdict) return verdict;
    const mail = this.mails.prepare(ready);
    return mail === NOT_CONFIGURED_YET || isMail(mail) ? mail : { state: 'excluded', ...mail };
  }
}
