/** Profiles and audiences, set up and looked at through the administrator's API. */
import { eventually } from '@postrider/testing';
import { admin } from './http.js';
import { unique } from './setup.js';

export interface Evaluation {
  evaluationId: string;
  status: 'Running' | 'Completed' | 'Failed';
  size: number;
}

export interface Audience {
  id: string;
  evaluation: Evaluation | null;
}

export interface Upload {
  uploadId: string;
  status: string;
  rows: number;
  members: number;
  profilesCreated: number;
  duplicates: number;
  failedRows: number;
}

export interface Member {
  profileId: string;
  identities: { namespace: string; value: string }[];
  attributes: Record<string, unknown>;
}

export interface NewProfile {
  identities: { namespace: string; value: string }[];
  attributes?: Record<string, unknown>;
}

interface BulkAnswer {
  received: number;
  failed: number;
}

const LINES_A_BODY = 10_000;

/** Stores profiles by the bulk call. */
export async function storeProfiles(profiles: readonly NewProfile[]): Promise<void> {
  for (let from = 0; from < profiles.length; from += LINES_A_BODY) {
    const lines = profiles.slice(from, from + LINES_A_BODY).map((profile) => JSON.stringify({ consents: { email: 'y' }, ...profile }));
    const { received, failed } = await admin<BulkAnswer>('POST', '/profiles/bulk', `${lines.join('\n')}\n`, { 'content-type': 'application/x-ndjson' });
    if (failed > 0 || received !== lines.length) throw new Error(`${received} of ${lines.length} profiles were received, ${failed} failed`);
  }
}

/** A name that marks the profiles of one test, and how many people it has stored under it. */
export interface Crowd {
  name: string;
  addresses: string[];
}

/** `size` people with an e-mail address each, who can be told by the attribute `crowd`. */
export async function aCrowd(size: number, attributes: (place: number) => Record<string, unknown> = () => ({})): Promise<Crowd> {
  const name = unique('crowd').replaceAll(' ', '-');
  const addresses = Array.from({ length: size }, (_, place) => `${name}-${place}@crowd.test`);
  await storeProfiles(addresses.map((value, place) => ({ identities: [{ namespace: 'email', value }], attributes: { crowd: name, place, ...attributes(place) } })));
  return { name, addresses };
}

export const rulesFor = ({ name }: Crowd, ...more: Record<string, unknown>[]): Record<string, unknown> => ({
  combinator: 'and', rules: [{ field: 'attributes.crowd', operator: '=', value: name }, ...more],
});

export async function anAudience(input: Record<string, unknown>): Promise<string> {
  return (await admin<Audience>('POST', '/audiences', { name: unique('audience'), ...input })).id;
}

/** Evaluates an audience and waits for the end of it. @throws when it fails */
export async function evaluated(audienceId: string, timeoutMs = 60_000): Promise<Evaluation> {
  const { evaluationId } = await admin<Evaluation>('POST', `/audiences/${audienceId}/evaluate`);
  return eventually(async () => {
    const { items } = await admin<{ items: Evaluation[] }>('GET', `/audiences/${audienceId}/evaluations`);
    const found = items.find((item) => item.evaluationId === evaluationId);
    if (found?.status !== 'Completed') throw new Error(`the evaluation is ${found?.status ?? 'not listed'}`);
    return found;
  }, { timeoutMs, intervalMs: 100 });
}

/** A segment of these rules, evaluated. */
export async function aSegment(rules: Record<string, unknown>): Promise<string> {
  const id = await anAudience({ source: 'segment', rules });
  await evaluated(id);
  return id;
}

/** Uploads CSV to an audience; answers when it has been taken in. */
export function upload(audienceId: string, csv: string, query = ''): Promise<Upload> {
  return admin<Upload>('POST', `/audiences/${audienceId}/upload${query}`, csv, { 'content-type': 'text/csv' });
}

/** Every member, page by page. */
export async function membersOf(audienceId: string): Promise<Member[]> {
  const members: Member[] = [];
  let cursor: string | null = '';
  do {
    const query: string = cursor ? `?cursor=${encodeURIComponent(cursor)}` : '';
    const page: { items: Member[]; nextCursor: string | null } = await admin('GET', `/audiences/${audienceId}/members${query}`);
    members.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return members;
}
