import { Injectable } from '@nestjs/common';
import type { CampaignVersion, DryRunAnswer, Throughput } from '@postrider/contracts';
import { compileEmail, type CompiledEmail } from '@postrider/content';
import { executionIdOf } from '@postrider/identity';
import { AppError } from '@postrider/runtime';
import { bodyHash } from '../intake/body-hash.js';
import { ExecutionStore } from '../intake/execution-store.js';
import type { PublishedRecipient } from '../intake/publication.js';
import { requestIdReused } from './calls.errors.js';
import { Decider } from './decider.js';
import { addressOf, givenAddressOf } from './given-address.js';
import { readCall } from './read-call.js';

type DryRunRecipient = DryRunAnswer['recipients'][number];

/** The whole decision and what each recipient would get. Stored attributes are not known here: the call's own are used. */
@Injectable()
export class DryRunService {
  /** By version: versions never change. */
  private readonly contents = new Map<string, CompiledEmail>();

  constructor(
    private readonly decider: Decider,
    private readonly store: ExecutionStore,
  ) {}

  /** @throws CallRefused, as the call itself would be if it came for the first time, and where its requestId is used up */
  async run(tenantId: string, body: unknown, throughput: Throughput): Promise<DryRunAnswer> {
    const call = readCall(body);
    const stored = await this.store.find(executionIdOf(tenantId, call.campaignId, call.requestId));
    if (stored && !bodyHash(call).equals(stored.bodyHash)) throw requestIdReused();
    const decision = await this.decider.decide(tenantId, call, throughput);
    const content = this.contentOf(decision.version);
    const accepted = new Map(decision.accepted.map((one) => [one.messageId, one]));
    const recipients = decision.results.map((result): DryRunRecipient => {
      const one = result.messageId === null ? undefined : accepted.get(result.messageId);
      return one ? { ...result, ...sampleOf(one, content) } : result;
    });
    return { dryRun: true, executionId: decision.executionId, requestId: call.requestId, expiresAt: decision.expiresAt, recipients };
  }

  private contentOf({ id, content }: CampaignVersion): CompiledEmail {
    const known = this.contents.get(id) ?? compileEmail(content);
    this.contents.set(id, known);
    return known;
  }
}

function sampleOf({ recipient, identity }: PublishedRecipient, content: CompiledEmail): Partial<DryRunRecipient> {
  const isMailbox = recipient.namespace.toLowerCase() === 'email' || givenAddressOf(recipient) !== undefined;
  const address = isMailbox ? addressOf(recipient, identity) : null;
  try {
    const { subject, html, text } = content.render({ profile: recipient.profile ?? {}, context: recipient.context ?? {} });
    return { address, sample: { subject, html, text } };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { address, error: { code: 'RENDERING', message: error.detail } };
  }
}
