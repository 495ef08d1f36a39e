import type { StackFile } from '../stack/stack-file.js';

/** The public APIs, called as any client would. */
export class Api {
  constructor(private readonly stack: StackFile) {}

  get headers(): Record<string, string> {
    const { token, apiKey, orgId, sandbox } = this.stack;
    return { authorization: `Bearer ${token}`, 'x-api-key': apiKey, 'x-gw-ims-org-id': orgId, 'x-sandbox-name': sandbox, 'content-type': 'application/json' };
  }

  admin<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.call(`${this.stack.adminUrl}/api/v1${path}`, method, body);
  }

  execution<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.call(`${this.stack.ingestUrl}/im${path}`, method, body);
  }

  /** A body that is no single JSON document. */
  upload<Answer>(path: string, type: string, text: string): Promise<Answer> {
    return this.send(`${this.stack.adminUrl}/api/v1${path}`, { method: 'POST', headers: { ...this.headers, 'content-type': type }, body: text });
  }

  private call<Answer>(url: string, method: string, body: unknown): Promise<Answer> {
    const { 'content-type': type, ...credentials } = this.headers;
    const init = body === undefined ? { method, headers: credentials } : { method, headers: { ...credentials, 'content-type': type }, body: JSON.stringify(body) };
    return this.send(url, init);
  }

  private async send<Answer>(url: string, init: RequestInit & { method: string }): Promise<Answer> {
    const answer = await fetch(url, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${init.method} ${url} answered ${answer.status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }
}
