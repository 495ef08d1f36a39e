/**
 * Guarantee: what is put here in a transaction is published if, and only if, the transaction is committed; of several
 * changes of one thing the last one is. Changes of one thing are ordered by the lock on its row here.
 * Limit: states between two publishes are not kept; the topic is compacted and does not keep them either.
 */
import type { EntityManager } from 'typeorm';
import type { Configuration, ConfigurationKind } from '@postrider/contracts';

/** A configured thing that is gone. */
export interface Removal {
  removed: ConfigurationKind;
  id: string;
}

/** Puts the new states into the transaction of the edit, to be published in the order given. */
export async function putIntoOutbox(manager: EntityManager, changes: readonly (Configuration | Removal)[]): Promise<void> {
  for (const change of changes) {
    const [kind, payload] = 'removed' in change ? [change.removed, null] : [change.kind, JSON.stringify(change)];
    await manager.query(UPSERT, [kind, change.id, payload]);
  }
}

const UPSERT = `
  INSERT INTO outbox (kind, configuration_id, payload, sequence, changed_at) VALUES ($1, $2, $3::jsonb, nextval('outbox_sequence'), now())
  ON CONFLICT (kind, configuration_id) DO UPDATE
     SET payload = excluded.payload, sequence = nextval('outbox_sequence'), changed_at = now(), published_at = NULL`;
