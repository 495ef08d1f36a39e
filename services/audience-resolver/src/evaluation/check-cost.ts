import type { Sql } from '@postrider/database';
import { CostsTooMuch } from './evaluation.errors.js';
import type { MemberQuery } from './member-query.js';

interface Plan {
  'QUERY PLAN': [{ Plan: { 'Total Cost': number } }];
}

/** Asks the planner before anything is read. @throws CostsTooMuch */
export async function checkCost(sql: Sql, query: MemberQuery, limit: number): Promise<void> {
  const [row] = await sql.query<Plan>(`EXPLAIN (FORMAT JSON) ${query.text}`, query.values);
  const cost = row?.['QUERY PLAN'][0].Plan['Total Cost'] ?? 0;
  if (cost > limit) throw new CostsTooMuch(cost, limit);
}
