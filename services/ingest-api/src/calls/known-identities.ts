import { Injectable } from '@nestjs/common';
import { columnsOf, Sql } from '@postrider/database';
import { GroupedWork } from '../intake/grouped-work.js';

export interface IdentityQuestion {
  tenantId: string;
  namespace: string;
  identity: string;
}

const MAX_QUESTIONS = 500;
const STATEMENT = `
  SELECT i.position FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS i (tenant_id, namespace, value, position)
  JOIN profiles.known_identity k USING (tenant_id, namespace, value)`;

/** Which identities have a profile; calls that ask at the same time share one query. */
@Injectable()
export class KnownIdentities {
  private readonly questions: GroupedWork<IdentityQuestion, boolean>;

  constructor(sql: Sql) {
    this.questions = new GroupedWork({ maxItems: MAX_QUESTIONS, run: (items) => ask(sql, items) });
  }

  /** In the order of the questions. @throws DependencyUnavailable */
  areKnown(questions: readonly IdentityQuestion[]): Promise<boolean[]> {
    return this.questions.addAll(questions);
  }
}

async function ask(sql: Sql, items: readonly IdentityQuestion[]): Promise<boolean[]> {
  const rows = items.map(({ tenantId, namespace, identity }) => ({ tenantId, namespace: namespace.toLowerCase(), identity }));
  const known = await sql.query<{ position: string }>(STATEMENT, columnsOf(rows, ['tenantId', 'namespace', 'identity']), { name: 'known-identities' });
  const positions = new Set(known.map(({ position }) => Number(position)));
  return items.map((_item, i) => positions.has(i + 1));
}
