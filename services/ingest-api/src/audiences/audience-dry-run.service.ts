import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { AudienceDryRun, RunPreview } from '@postrider/contracts';
import { isWellFormedEmail, messageIdOf } from '@postrider/identity';
import { CLOCK, type Clock } from '@postrider/runtime';
import type { Caller } from '../calls/caller.js';
import { CallRefused } from '../calls/calls.errors.js';
import { dueTime } from '../calls/due-time.js';
import { Samples, type Sample } from '../calls/samples.js';
import { RequestIds } from '../intake/request-ids.js';
import { AudienceDecider, type AudienceDecision } from './audience-decider.js';
import { readAudienceCall } from './read-audience-call.js';
import { ResolverClient } from './resolver.client.js';

type DryRunRecipient = AudienceDryRun['recipients'][number];
type Member = RunPreview['recipients'][number];

const SHOWN = 20;

/** The whole decision, how many it would go to, and what the first of them would get. Stores and sends nothing. */
@Injectable()
export class AudienceDryRunService {
  constructor(
    private readonly decider: AudienceDecider,
    private readonly requestIds: RequestIds,
    private readonly resolver: ResolverClient,
    private readonly samples: Samples,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws CallRefused, as the call itself would be if it came for the first time; DependencyUnavailable without the resolver */
  async run({ tenantId }: Caller, body: unknown): Promise<AudienceDryRun> {
    const given = readAudienceCall(body);
    const call = { ...given, requestId: given.requestId ?? randomUUID() };
    const decision = this.decider.decide(tenantId, call, dueTime(call.schedule?.executeAt, '/schedule/executeAt', this.clock.now()));
    await this.requestIds.refuseReuse(decision.executionId, call);
    const { version, audienceId } = decision;
    const preview = await this.resolver.preview({ tenantId, audienceId, identityType: version.identityType, limit: SHOWN });
    if (!preview) throw new CallRefused('AUDIENCE_NOT_FOUND', 'The audience is not known yet to the service that evaluates it.');
    const show = this.samples.of(version);
    return {
      dryRun: true,
      campaignId: call.campaignId,
      audienceId,
      targetedProfileCount: preview.targeted,
      excluded: preview.missingIdentity > 0 ? { MISSING_IDENTITY: preview.missingIdentity } : {},
      recipients: preview.recipients.map((member, index) => shownOf(member, index, decision, show)),
    };
  }
}

function shownOf({ profileId, userId, address, attributes }: Member, index: number, { executionId, call, version }: AudienceDecision, show: Sample): DryRunRecipient {
  const error = addressError(address);
  if (error) return { index, userId, messageId: null, result: 'rejected', error, address };
  const messageId = messageIdOf(executionId, `profile:${profileId}`, version.channel);
  return { index, userId, messageId, result: 'accepted', address, ...show({ profile: attributes, context: call.context ?? {} }) };
}

/** As whoever sends would exclude it. */
function addressError(address: string | null): DryRunRecipient['error'] {
  if (address === null) return { code: 'NO_ADDRESS', message: 'The profile has no address.' };
  return isWellFormedEmail(address) ? undefined : { code: 'MALFORMED_ADDRESS', message: 'It is not an e-mail address.' };
}
