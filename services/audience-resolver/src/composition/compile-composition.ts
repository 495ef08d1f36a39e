/**
 * A composition as one query that answers `bucket, profile_id, attributes`, each profile once.
 * Guarantee: the text holds nothing of the input. Shares of one seed are disjoint, and those that reach from 0 to 100 are
 * complete: a profile's place is the first 32 bits of SHA-256 of `<seed>:<profile id>`, and both ends of a share are rounded up.
 * Limits: attributes of a membership meet only where a profile comes from several parts; then those of the first part win.
 */
import type { Composition } from '@postrider/contracts';
import type { Parameters } from '../rules/parameters.js';

export interface CompositionTarget {
  parameters: Parameters;
  /** The query of an audience's members: `bucket, profile_id, attributes`. */
  membersOf: (audienceId: string) => string;
}

type Step<Op extends Composition['op']> = Extract<Composition, { op: Op }>;

const PLACES = 2 ** 32;

export function compileComposition(step: Composition, target: CompositionTarget): string {
  switch (step.op) {
    case 'audience':
      return target.membersOf(step.audienceId);
    case 'union':
      return joined(step.of, 'FULL JOIN', target);
    case 'intersect':
      return joined(step.of, 'JOIN', target);
    case 'exclude':
      return exclude(step, target);
    case 'split':
      return split(step, target);
    case 'rank':
      return rank(step, target);
    case 'enrich':
      return enrich(step, target);
  }
}

function joined(parts: readonly Composition[], join: 'FULL JOIN' | 'JOIN', target: CompositionTarget): string {
  return parts.map((part) => compileComposition(part, target)).reduce(
    (first, second) => `SELECT bucket, profile_id, coalesce(s.attributes || f.attributes, f.attributes, s.attributes) AS attributes
      FROM (${first}) f ${join} (${second}) s USING (bucket, profile_id)`,
  );
}

function exclude({ from, remove }: Step<'exclude'>, target: CompositionTarget): string {
  const members = compileComposition(from, target);
  const conditions = remove.map((part) => `NOT EXISTS (SELECT FROM (${compileComposition(part, target)}) r WHERE r.bucket = m.bucket AND r.profile_id = m.profile_id)`);
  return `SELECT m.bucket, m.profile_id, m.attributes FROM (${members}) m WHERE ${conditions.join(' AND ')}`;
}

function split({ of, seed, from, to }: Step<'split'>, target: CompositionTarget): string {
  const { parameters } = target;
  const members = compileComposition(of, target);
  const place = `('x' || encode(substr(sha256(convert_to(${parameters.add(seed, 'text')} || ':' || m.profile_id::text, 'UTF8')), 1, 4), 'hex'))::bit(32)::bigint`;
  const [first, end] = [from, to].map((percent) => parameters.add(Math.ceil((percent / 100) * PLACES), 'bigint'));
  return `SELECT bucket, profile_id, attributes
    FROM (SELECT m.*, ${place} AS place FROM (${members}) m) placed WHERE place >= ${first} AND place < ${end}`;
}

/** Numbers and booleans order before text, which orders byte by byte; what has neither is without the field. */
function rank({ of, by, direction, limit }: Step<'rank'>, target: CompositionTarget): string {
  const members = compileComposition(of, target);
  const way = direction === 'desc' ? 'DESC NULLS LAST' : 'ASC NULLS LAST';
  const order = keysOf(by).map((key) => `${key} ${way}`);
  return `SELECT bucket, profile_id, attributes FROM (
      SELECT m.bucket, m.profile_id, m.attributes, p.created_at, p.updated_at, ${rankedValue(by, target.parameters)} AS ranked
      FROM (${members}) m LEFT JOIN profiles.audience_profile p ON p.profile_id = m.profile_id) r
    ORDER BY ${[...order, 'profile_id'].join(', ')} LIMIT ${target.parameters.add(limit, 'bigint')}`;
}

function rankedValue(by: string, parameters: Parameters): string {
  const names = by.split('.').slice(1).map((name) => ` -> ${parameters.add(name, 'text')}`).join('');
  // The content would see the membership's attributes over the profile's.
  return names === '' ? 'NULL::jsonb' : `coalesce(m.attributes${names}, p.attributes${names})`;
}

function keysOf(by: string): string[] {
  if (by === 'createdAt') return ['r.created_at'];
  if (by === 'updatedAt') return ['r.updated_at'];
  return [
    `CASE jsonb_typeof(r.ranked) WHEN 'number' THEN r.ranked::numeric WHEN 'boolean' THEN r.ranked::boolean::integer::numeric END`,
    `CASE jsonb_typeof(r.ranked) WHEN 'string' THEN (r.ranked #>> '{}') COLLATE "C" END`,
  ];
}

function enrich({ of, with: source, set }: Step<'enrich'>, target: CompositionTarget): string {
  const { parameters } = target;
  const members = compileComposition(of, target);
  const fixed = parameters.add(JSON.stringify(set), 'jsonb');
  if (!source) return `SELECT m.bucket, m.profile_id, coalesce(m.attributes, '{}') || ${fixed} AS attributes FROM (${members}) m`;
  const chosen = `(SELECT jsonb_object_agg(a.key, a.value) FROM jsonb_each(w.attributes) a WHERE a.key = ANY (${parameters.add(source.attributes, 'text[]')}))`;
  return `SELECT m.bucket, m.profile_id, coalesce(m.attributes, '{}') || coalesce(${chosen}, '{}') || ${fixed} AS attributes
    FROM (${members}) m LEFT JOIN (${target.membersOf(source.audienceId)}) w ON w.bucket = m.bucket AND w.profile_id = m.profile_id`;
}
