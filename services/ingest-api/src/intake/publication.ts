import { Injectable } from '@nestjs/common';
import { ExecutionAccepted, ExecutionResolved, RecipientReady, type CallRecipient, type CampaignVersion, type Throughput } from '@postrider/contracts';
import { MessagePublisher } from '@postrider/kafka';
import { addressOf } from '../calls/given-address.js';
import { PublishedMarks } from './published-marks.js';

/** An execution with everything that its messages are made of. */
export interface Publication {
  tenantId: string;
  executionId: string;
  requestId: string;
  campaignId: string;
  version: CampaignVersion;
  throughput: Throughput;
  acceptedAt: string;
  expiresAt: string;
  recipients: readonly PublishedRecipient[];
}

/** An execution whose recipients are the members of an audience. */
export type AudiencePublication = Omit<Publication, 'recipients' | 'throughput'> & { audience: NonNullable<ExecutionAccepted['audience']> };

export interface PublishedRecipient {
  messageId: string;
  recipientKey: string;
  identity: string;
  recipient: CallRecipient;
}

/**
 * Puts executions on the log. Doing it again puts the same messages there again, with the same ids; calls of one process that
 * repeat each other at the same time share one publication.
 */
@Injectable()
export class Publications {
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly publisher: MessagePublisher,
    private readonly marks: PublishedMarks,
  ) {}

  /** Resolves when the log has it. @throws DependencyUnavailable */
  publish(publication: Publication | AudiencePublication): Promise<void> {
    const { executionId } = publication;
    if (this.marks.isMarked(executionId)) return Promise.resolve();
    const known = this.underWay.get(executionId);
    if (known) return known;
    const publishing = this.publishNow(publication).finally(() => this.underWay.delete(executionId));
    this.underWay.set(executionId, publishing);
    return publishing;
  }

  private async publishNow(publication: Publication | AudiencePublication): Promise<void> {
    if ('audience' in publication) await this.publisher.publish(ExecutionAccepted, [audienceAcceptedOf(publication)]);
    else if (publication.throughput === 'high') await this.publishReady(publication);
    else await this.publisher.publish(ExecutionAccepted, [acceptedOf(publication)]);
    this.marks.add(publication.executionId);
  }

  /** High throughput: no profile is looked up, so the recipients are ready. */
  private async publishReady(publication: Publication): Promise<void> {
    await Promise.all([
      this.publisher.publish(RecipientReady, publication.recipients.map((one) => readyOf(publication, one))),
      this.publisher.publish(ExecutionResolved, [{ ...executionFields(publication), targeted: publication.recipients.length }]),
    ]);
  }
}

function executionFields({ tenantId, executionId, requestId, campaignId, version, acceptedAt }: Omit<Publication, 'recipients' | 'throughput'>) {
  return { tenantId, lane: 'transactional' as const, executionId, requestId, campaignId, campaignVersionId: version.id, acceptedAt };
}

function acceptedOf(publication: Publication): ExecutionAccepted {
  const { version, expiresAt } = publication;
  return {
    ...executionFields(publication),
    channel: version.channel,
    expiresAt,
    recipients: publication.recipients.map(({ messageId, recipientKey, identity, recipient }) => ({
      messageId,
      recipientKey,
      namespace: recipient.namespace,
      userId: recipient.userId,
      identity,
      channelData: recipient.channelData?.emailAddress ? { emailAddress: recipient.channelData.emailAddress } : undefined,
      profile: recipient.profile ?? undefined,
      context: recipient.context ?? undefined,
      unknownProfiles: version.unknownProfiles,
    })),
  };
}

function audienceAcceptedOf(publication: AudiencePublication): ExecutionAccepted {
  const { version, expiresAt, audience } = publication;
  return { ...executionFields(publication), lane: 'bulk', channel: version.channel, expiresAt, recipients: [], audience };
}

function readyOf(publication: Publication, { messageId, recipientKey, identity, recipient }: PublishedRecipient): RecipientReady {
  return {
    ...executionFields(publication),
    messageId,
    recipientKey,
    channel: publication.version.channel,
    namespace: recipient.namespace,
    userId: recipient.userId,
    expiresAt: publication.expiresAt,
    readyAt: publication.acceptedAt,
    address: addressOf(recipient, identity),
    profileId: null,
    attributes: recipient.profile ?? {},
    consents: {},
    context: recipient.context ?? {},
  };
}
