import { Injectable } from '@nestjs/common';
import { ConfigurationTable } from '@postrider/kafka';
import { SandboxNotKnown } from '../profiles/profiles.errors.js';

/** How each sandbox reads national phone numbers. */
@Injectable()
export class Regions {
  constructor(private readonly table: ConfigurationTable) {}

  /** ISO 3166-1 alpha-2. @throws SandboxNotKnown */
  of(tenantId: string): string {
    const sandbox = this.table.get('sandbox', tenantId);
    if (!sandbox) throw new SandboxNotKnown();
    return sandbox.defaultRegion;
  }
}
