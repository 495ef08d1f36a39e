import { Injectable } from '@nestjs/common';
import { columnsOf, Sql } from '@postrider/database';
import { GroupedWork } from '../intake/grouped-work.js';

export interface IdentityQuestion {
  tenantId: string;
  namespace: string;
  identity: string;
}

const MAX_CALLS = 25;
const STATEMENT = `
  SELECT i.position FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS i (tenant_id, namespace, value, position)
  JOIN profiles.known_identity k USING (tenant_id, namespace, value)`;

/** Which identities have a profile; calls that ask at the same time share one query. */
@Injectable()
export class KnownIdentities {
  private readonly calls: GroupedWork<readonly IdentityQuestion[], boolean[]>;

  constructor(sql: Sql) {
    this.calls = new GroupedWork({ maxItems: MAX_CALLS, run: (calls) => ask(sql, calls) });
  }

  /** Of one call, in the order of its questions. @throws DependencyUnavailable */
  areKnown(questions: readonly IdentityQuestion[]): Promise<boolean[]> {
    return this.calls.add(questions);
  }
}

async function ask(sql: Sql, calls: readonly (readonly IdentityQuestion[])[]): Promise<boolean[][]> {
  const rows = calls.flat().map(({ tenantId, namespace, identity }) => ({ tenantId, namespace: namespace.toLowerCase(), identity }));
  const known = await sql.query<{ position: string }>(STATEMENT, columnsOf(rows, ['tenantId', 'namespace', 'identity']), { name: 'known-identities' });
  const positions = new Set(known.map(({ position }) => Number(position)));
  let position = 0;
  return calls.map((questions) => questions.map(() => positions.has((position += 1))));
}
