import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { AudienceDefinition } from '@postrider/contracts';
import { ConfigurationTable } from '@postrider/kafka';
import { AudienceNotFound } from '../members/members.errors.js';
import { EditIsOnItsWay } from './evaluation.errors.js';

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
   * One that was made or edited a moment ago may still be on its way: it is waited for, 2 s at most.
   * @param revision that it must have at least
   * @throws AudienceNotFound, EditIsOnItsWay
   */
  async get(tenantId: string, audienceId: string, revision = 0): Promise<AudienceDefinition> {
    for (const deadline = performance.now() + PATIENCE_MS; ; ) {
      const found = this.find(tenantId, audienceId);
      if (found && isOf(found, revision)) return found;
      if (performance.now() > deadline) throw found ? new EditIsOnItsWay() : new AudienceNotFound();
      await pause(LOOK_EVERY_MS);
    }
  }
}

/** Whether a definition has a revision, or a later one; what was published before they were counted has none. */
export function isOf(definition: AudienceDefinition, revision: number): boolean {
  return (definition.revision ?? 0) >= revision;
}
