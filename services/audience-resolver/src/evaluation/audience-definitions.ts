import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { AudienceDefinition } from '@postrider/contracts';
import { ConfigurationTable } from '@postrider/kafka';
import { AudienceNotFound } from '../members/members.errors.js';

const PATIENCE_MS = 2_000;
const LOOK_EVERY_MS = 25;

/** What administrators defined, as far as it has arrived here. */
@Injectable()
export class AudienceDefinitions {
  constructor(private readonly table: ConfigurationTable) {}

  find(tenantId: string, audienceId: string): AudienceDefinition | undefined {
    const found = this.table.get('audience', audienceId);
    return found?.tenantId === tenantId ? found : undefined;
  }

  all(): AudienceDefinition[] {
    return this.table.all('audience');
  }

  /**
   * One that was made a moment ago may still be on its way: it is waited for, 2 s at most.
   * @throws AudienceNotFound
   */
  async get(tenantId: string, audienceId: string): Promise<AudienceDefinition> {
    for (const deadline = performance.now() + PATIENCE_MS; ; ) {
      const found = this.find(tenantId, audienceId);
      if (found) return found;
      if (performance.now() > deadline) throw new AudienceNotFound();
      await pause(LOOK_EVERY_MS);
    }
  }
}
