import { Injectable } from '@nestjs/common';
import type { RunPreview, RunPreviewInput } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { isWellFormedEmail } from '@postrider/identity';
import { ConfigurationTable } from '@postrider/kafka';
import { readLatest } from '../evaluation/evaluations.js';
import { countMissing, readSample, type SampledMember } from './preview-members.js';
import { isDefined } from './run-intake.js';
import { RunAudienceNotFound } from './runs.errors.js';

/** What a run would come to if it began now: by the last completed evaluation, and nobody without one. */
@Injectable()
export class RunPreviews {
  constructor(
    private readonly sql: Sql,
    private readonly configurations: ConfigurationTable,
  ) {}

  /** @throws RunAudienceNotFound */
  async preview({ tenantId, audienceId, identityType, limit }: RunPreviewInput): Promise<RunPreview> {
    if (!isDefined(this.configurations, tenantId, audienceId)) throw new RunAudienceNotFound();
    const [evaluation] = await readLatest(this.sql, tenantId, [audienceId]);
    if (!evaluation) return { targeted: 0, missingIdentity: 0, recipients: [] };
    const where = { tenantId, namespace: identityType.toLowerCase(), evaluationId: evaluation.evaluationId };
    const [missingIdentity, sample] = await Promise.all([countMissing(this.sql, where), readSample(this.sql, where, limit)]);
    return {
      targeted: evaluation.size,
      missingIdentity,
      recipients: sample.map((member) => ({ profileId: member.profileId, userId: member.userId, address: addressOf(member, where.namespace), attributes: member.attributes })),
    };
  }
}

/** As a run's recipients are addressed: the attribute, else the identity that is sent to, else another one of the profile. */
function addressOf({ attributes, userId, email }: SampledMember, namespace: string): string | null {
  const attribute = attributes['email'];
  const candidates = [attribute, namespace === 'email' ? userId : undefined, email];
  const address = candidates.find((candidate): candidate is string => typeof candidate === 'string' && candidate.trim() !== '')?.trim();
  return address !== undefined && isWellFormedEmail(address) ? address : null;
}
