import { Inject, Injectable } from '@nestjs/common';
import type { DryRunAnswer, Throughput } from '@postrider/contracts';
import { executionIdOf } from '@postrider/identity';
import { CLOCK, type Clock } from '@postrider/runtime';
import type { PublishedRecipient } from '../intake/publication.js';
import { RequestIds } from '../intake/request-ids.js';
import type { Caller } from './caller.js';
import { Decider } from './decider.js';
import { dueTime } from './due-time.js';
import { addressOf, givenAddressOf } from './given-address.js';
import { readCall } from './read-call.js';
import { Samples, type Sample } from './samples.js';

type DryRunRecipient = DryRunAnswer['recipients'][number];

/** The whole decision and what each recipient would get. Stored attributes are not known here: the call's own are used. */
@Injectable()
export class DryRunService {
  constructor(
    private readonly decider: Decider,
    private readonly requestIds: RequestIds,
    private readonly samples: Samples,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws CallRefused, as the call itself would be if it came for the first time, and where its requestId is used up */
  async run({ tenantId }: Caller, body: unknown, throughput: Throughput): Promise<DryRunAnswer> {
    const call = readCall(body);
    await this.requestIds.refuseReuse(executionIdOf(tenantId, call.campaignId, call.requestId), call);
    const decision = await this.decider.decide(tenantId, call, throughput, dueTime(call.executeAt, '/executeAt', this.clock.now()));
    const show = this.samples.of(decision.version);
    const accepted = new Map(decision.accepted.map((one) => [one.messageId, one]));
    const recipients = decision.results.map((result): DryRunRecipient => {
      const one = result.messageId === null ? undefined : accepted.get(result.messageId);
      return one ? { ...result, ...sampleOf(one, show) } : result;
    });
    return { dryRun: true, executionId: decision.executionId, requestId: call.requestId, expiresAt: decision.expiresAt, recipients };
  }
}

function sampleOf({ recipient, identity }: PublishedRecipient, show: Sample): Partial<DryRunRecipient> {
  const isMailbox = recipient.namespace.toLowerCase() === 'email' || givenAddressOf(recipient) !== undefined;
  const address = isMailbox ? addressOf(recipient, identity) : null;
  return { address, ...show({ profile: recipient.profile ?? {}, context: recipient.context ?? {} }) };
}
