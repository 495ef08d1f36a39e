import { Inject, Injectable } from '@nestjs/common';
import type { AcceptedAudienceCall, AudienceCall, AudienceDefinition, CampaignVersion, Shield } from '@postrider/contracts';
import { audienceExecutionIdOf } from '@postrider/identity';
import { ConfigurationTable } from '@postrider/kafka';
import { CLOCK, type Clock } from '@postrider/runtime';
import { CallRefused } from '../calls/calls.errors.js';
import { expiryOf } from '../calls/decision.js';
import { MAX_CONTEXT_BYTES } from '../calls/judge-recipients.js';
import { LiveCampaigns, type LiveCampaign } from '../calls/live-campaigns.js';
import type { StoredExecution } from '../intake/execution-store.js';

/** A call that has a requestId, its own or one that was drawn for it. */
export type NamedAudienceCall = AudienceCall & { requestId: string };

/** What is decided of a call: all that its answer and its message are made of. */
export interface AudienceDecision {
  executionId: string;
  call: NamedAudienceCall;
  version: CampaignVersion;
  audienceId: string;
  expiresAt: string;
}

const SHIELD_CODES = { healthcare: 'HEALTHCARE_SHIELD', 'privacy-and-security': 'PRIVACY_SECURITY_SHIELD' } as const satisfies Record<Shield, string>;

/** Decides on audience calls by what is known here; who the members are is not asked. */
@Injectable()
export class AudienceDecider {
  constructor(
    private readonly campaigns: LiveCampaigns,
    private readonly configurations: ConfigurationTable,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** As of a time, by default now. @throws CallRefused */
  decide(tenantId: string, call: NamedAudienceCall, at = this.clock.now()): AudienceDecision {
    const live = this.campaigns.find(tenantId, call.campaignId, 'audience', at);
    const expiresAt = expiryOf(call, live.version, at);
    const audience = this.audienceOf(tenantId, call, live.version);
    this.checkShields(tenantId, audience);
    if (!audience.published) throw new CallRefused('AUDIENCE_NOT_PUBLISHED', 'The audience is a draft: publish it first.');
    checkContext(call, live);
    return { executionId: audienceExecutionIdOf(tenantId, call.campaignId, call.requestId), call, version: live.version, audienceId: audience.id, expiresAt };
  }

  /** What was decided when the execution was stored, for its message to be made again. */
  redo(call: NamedAudienceCall, { executionId, campaignVersionId, expiresAt }: StoredExecution<AcceptedAudienceCall>): AudienceDecision {
    const version = this.configurations.get('campaign-version', campaignVersionId);
    const audienceId = version && audienceIdOf(call, version);
    if (audienceId === undefined) throw new CallRefused('CAMPAIGN_NOT_FOUND', 'The campaign of this execution is gone.');
    return { executionId, call, version: version as CampaignVersion, audienceId, expiresAt };
  }

  private audienceOf(tenantId: string, call: AudienceCall, version: CampaignVersion): AudienceDefinition {
    const id = audienceIdOf(call, version);
    const path = call.audience ? '/audience/id' : '/audience';
    if (id === undefined) throw notFound('The campaign has no audience of its own: name one in audience.id.', path);
    const audience = this.configurations.get('audience', id);
    // Another tenant's audience looks exactly like one that does not exist.
    if (audience?.tenantId !== tenantId) throw notFound('There is no such audience in this sandbox.', path);
    return audience;
  }

  private checkShields(tenantId: string, { source }: AudienceDefinition): void {
    const [shield] = source === 'composition' ? (this.configurations.get('sandbox', tenantId)?.shields ?? []) : [];
    if (shield) throw new CallRefused(SHIELD_CODES[shield], 'Composition audiences may not be used in this organization.');
  }
}

const audienceIdOf = ({ audience }: AudienceCall, version: CampaignVersion): string | undefined => audience?.id ?? version.audienceId ?? undefined;

function notFound(detail: string, path: string): CallRefused {
  return new CallRefused('AUDIENCE_NOT_FOUND', detail, { faults: [{ path, code: 'AUDIENCE_NOT_FOUND', message: detail }] });
}

function checkContext({ context = {} }: AudienceCall, live: LiveCampaign): void {
  const bytes = Buffer.byteLength(JSON.stringify(context));
  if (bytes > MAX_CONTEXT_BYTES) throw new CallRefused('CONTEXT_TOO_LARGE', `The context has ${bytes} bytes; a call takes up to ${MAX_CONTEXT_BYTES}.`);
  const faults = live.checkContext(context).map((one) => ({ ...one, path: `/context${one.path}` }));
  if (faults.length > 0) throw new CallRefused('CONTEXT_INVALID', 'The context does not match its schema.', { faults });
}
