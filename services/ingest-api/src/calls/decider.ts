import { Inject, Injectable } from '@nestjs/common';
import type { Throughput, UnitaryCall } from '@postrider/contracts';
import { normaliseIdentity, recipientKeyOf } from '@postrider/identity';
import { ConfigurationTable } from '@postrider/kafka';
import { CLOCK, type Clock } from '@postrider/runtime';
import type { StoredExecution } from '../intake/execution-store.js';
import { CallRefused } from './calls.errors.js';
import { decide, type Decision } from './decision.js';
import { judgeRecipients, type JudgedRecipient } from './judge-recipients.js';
import { KnownIdentities } from './known-identities.js';
import { LiveCampaigns } from './live-campaigns.js';

/** What leaves no identity to look for. */
const UNASKABLE: ReadonlySet<string> = new Set(['INVALID_IDENTITY', 'NAMESPACE_MISMATCH']);

/** Decides on calls; stores and sends nothing. */
@Injectable()
export class Decider {
  constructor(
    private readonly campaigns: LiveCampaigns,
    private readonly known: KnownIdentities,
    private readonly configurations: ConfigurationTable,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** As of a time, by default now. @throws CallRefused, or DependencyUnavailable when profiles cannot be looked up */
  async decide(tenantId: string, call: UnitaryCall, throughput: Throughput, at?: Date): Promise<Decision> {
    const live = this.campaigns.find(tenantId, call.campaignId, throughput, at);
    const judged = judgeRecipients(call.recipients, live, tenantId);
    const mustBeKnown = throughput === 'standard' && live.version.unknownProfiles === 'refuse';
    const checked = mustBeKnown ? await this.refuseUnknown(tenantId, judged) : judged;
    return decide({ tenantId, call, version: live.version, throughput, judged: checked, now: at ?? this.clock.now() });
  }

  /** What was decided when the execution was stored, for its messages to be made again. */
  redo(tenantId: string, call: UnitaryCall, stored: StoredExecution): Decision {
    const version = this.configurations.get('campaign-version', stored.campaignVersionId);
    const campaign = this.configurations.get('campaign', call.campaignId);
    if (!version || !campaign) throw new CallRefused('CAMPAIGN_NOT_FOUND', 'The campaign of this execution is gone.');
    const region = this.campaigns.regionOf(tenantId);
    const accepted = stored.answer.recipients.flatMap(({ index, messageId }) => {
      const recipient = call.recipients[index];
      if (messageId === null || !recipient) return [];
      const identity = normaliseIdentity(recipient.namespace, recipient.userId, region);
      return [{ messageId, recipient, identity, recipientKey: recipientKeyOf(tenantId, recipient.namespace, identity) }];
    });
    const { executionId, expiresAt, answer } = stored;
    return { executionId, call, version, throughput: campaign.throughput, expiresAt, accepted, results: answer.recipients };
  }

  private async refuseUnknown(tenantId: string, judged: readonly JudgedRecipient[]): Promise<JudgedRecipient[]> {
    const asked = judged.filter(({ faults }) => !faults.some(({ code }) => UNASKABLE.has(code)));
    const answers = await this.known.areKnown(asked.map(({ identity, recipient }) => ({ tenantId, namespace: recipient.namespace, identity })));
    const unknown = new Set(asked.filter((_one, i) => !answers[i]));
    return judged.map((one) => (unknown.has(one) ? { ...one, faults: [...one.faults, unknownFault(one)] } : one));
  }
}

function unknownFault({ index, recipient: { userId } }: JudgedRecipient) {
  return { path: `/recipients/${index}/userId`, code: 'UNKNOWN_PROFILE', message: 'No profile has this identity.', index, userId };
}
