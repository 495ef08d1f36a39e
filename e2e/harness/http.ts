import { request } from 'undici';
import { stack } from './stack.js';

export interface Answer<Body> {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Body;
}

/** What a problem+json body of ours always has. */
export interface Problem {
  code: string;
  status: number;
  detail: string;
  errors?: { path: string; code: string; message: string; index?: number; userId?: string }[];
}

export function credentials(): Record<string, string> {
  const { token, apiKey, orgId, sandbox } = stack();
  return { authorization: `Bearer ${token}`, 'x-api-key': apiKey, 'x-gw-ims-org-id': orgId, 'x-sandbox-name': sandbox };
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

async function send<Body>(base: string, method: Method, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> {
  const answer = await request(`${base}${path}`, {
    method,
    headers: { ...credentials(), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, body: contentOf(text, answer.headers['content-type']) as Body };
}

/** Text that is not JSON is answered as it came. */
function contentOf(text: string, type: string | string[] | undefined): unknown {
  if (text === '') return undefined;
  return String(type).includes('json') ? JSON.parse(text) : text;
}

/** The execution API, of the stack's process unless told otherwise. */
export const ingest = {
  get: <Body>(path: string, base = stack().ingestUrl) => send<Body>(base, 'GET', path),
  post: <Body>(path: string, body: unknown, headers?: Record<string, string>) => send<Body>(stack().ingestUrl, 'POST', path, body, headers),
  delete: <Body>(path: string) => send<Body>(stack().ingestUrl, 'DELETE', path),
};

/** The administration API, whatever it answers. */
export const administration = <Body>(method: Method, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<Body>> =>
  send<Body>(stack().adminUrl, method, `/api/v1${path}`, body ?? (method === 'POST' ? {} : undefined), headers);

/** The administration API; an answer outside 2xx is an error. */
export async function admin<Body>(method: Method, path: string, body?: unknown, headers?: Record<string, string>): Promise<Body> {
  const answer = await administration<Body>(method, path, body, headers);
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
