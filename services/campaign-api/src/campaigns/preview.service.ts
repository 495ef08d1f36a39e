import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Preview, PreviewInput } from '@postrider/contracts';
import { compileContextSchema, compileEmail, inferContextSchema } from '@postrider/content';
import { NotFound } from '../edge/edge.errors.js';
import { shownVersion } from './campaign-answers.js';
import { CampaignStore } from './campaign-store.js';
import { CampaignVersionRow } from './campaign-version.entity.js';

@Injectable()
export class PreviewService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: CampaignStore,
  ) {}

  /**
   * What a recipient with this profile would get.
   * @throws ContentInvalid, RenderingFailed, NotFound
   */
  async render(tenantId: string, id: string, { profile, context, version }: PreviewInput): Promise<Preview> {
    const found = await this.store.get(tenantId, id);
    const shown = version === undefined ? shownVersion(found) : await this.dataSource.manager.findOneBy(CampaignVersionRow, { campaignId: id, version });
    if (!shown) throw new NotFound('version of the campaign');
    const { subject, html, text, listUnsubscribe } = compileEmail(shown.content).render({ profile, context });
    const contextErrors = compileContextSchema(shown.contextSchema ?? inferContextSchema(shown.content))(context);
    return { subject, html, text, listUnsubscribe, contextErrors: [...contextErrors] };
  }
}
