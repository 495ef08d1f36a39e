import { Injectable } from '@nestjs/common';
import { ConfigurationTable } from '@postrider/kafka';
import { AudienceDefinitions } from '../evaluation/audience-definitions.js';
import { NotAnUploadAudience, SandboxNotKnown, UnknownNamespace } from './uploads.errors.js';

/** What an upload is for, according to the configuration. */
@Injectable()
export class UploadSubject {
  constructor(
    private readonly table: ConfigurationTable,
    private readonly audiences: AudienceDefinitions,
  ) {}

  /**
   * The region for national phone numbers, where the audience takes uploads and the namespace exists.
   * @throws AudienceNotFound, NotAnUploadAudience, UnknownNamespace, SandboxNotKnown
   */
  async regionFor(tenantId: string, audienceId: string, namespace: string): Promise<string> {
    const sandbox = this.table.get('sandbox', tenantId);
    if (!sandbox) throw new SandboxNotKnown();
    const { source } = await this.audiences.get(tenantId, audienceId);
    if (source !== 'upload') throw new NotAnUploadAudience();
    if (!this.table.get('namespace', `${tenantId}/${namespace}`)) throw new UnknownNamespace();
    return sandbox.defaultRegion;
  }
}
