import { Injectable } from '@nestjs/common';
import { ConfigurationTable } from '@postrider/kafka';
import { NotAnUploadAudience, SandboxNotKnown, UnknownNamespace, UploadAudienceNotFound } from './uploads.errors.js';

/** What an upload is for, according to the configuration. */
@Injectable()
export class UploadSubject {
  constructor(private readonly table: ConfigurationTable) {}

  /**
   * The region for national phone numbers, where the audience takes uploads and the namespace exists.
   * @throws UploadAudienceNotFound, NotAnUploadAudience, UnknownNamespace, SandboxNotKnown
   */
  regionFor(tenantId: string, audienceId: string, namespace: string): string {
    const sandbox = this.table.get('sandbox', tenantId);
    if (!sandbox) throw new SandboxNotKnown();
    const audience = this.table.get('audience', audienceId);
    if (audience?.tenantId !== tenantId) throw new UploadAudienceNotFound();
    if (audience.source !== 'upload') throw new NotAnUploadAudience();
    if (!this.table.get('namespace', `${tenantId}/${namespace}`)) throw new UnknownNamespace();
    return sandbox.defaultRegion;
  }
}
