import type { AnyOperation } from '../edge/operation.js';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** One page that lists every call; it loads nothing from elsewhere. */
export function documentationPage(operations: readonly AnyOperation[]): string {
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  const sections = tags.map((tag) => {
    const rows = operations.filter((operation) => operation.tag === tag).map(rowOf);
    return `<h2>${escaped(tag)}</h2><table>${rows.join('')}</table>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Postrider administration API</title>
<style>
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h2{margin:2rem 0 .5rem}table{border-collapse:collapse;width:100%}td{padding:.35rem .6rem;border-top:1px solid #d8dde3;vertical-align:top}
td:first-child{width:4.5rem;font-weight:600}code{font:13px ui-monospace,monospace}small{color:#59636e}
@media(prefers-color-scheme:dark){body{color:#e6e9ed;background:#14171a}td{border-color:#333a41}small{color:#9aa4af}a{color:#7ab7ff}}
</style></head><body>
<h1>Postrider administration API</h1>
<p>Every call takes the headers <code>authorization: Bearer …</code>, <code>x-api-key</code>, <code>x-gw-ims-org-id</code> and <code>x-sandbox-name</code>.
Lists answer <code>{items, nextCursor}</code>, edits need <code>if-match</code>, errors are <code>application/problem+json</code>.
The schemas are in the <a href="/api/docs/openapi.json">OpenAPI document</a>.</p>
${sections.join('\n')}
</body></html>`;
}

function rowOf({ method, path, summary, scope, conditional }: AnyOperation): string {
  const needs = `${scope}${conditional ? ', if-match' : ''}`;
  return `<tr><td>${method}</td><td><code>/api/v1/${escaped(path.replaceAll(/:(\w+)/g, '{$1}'))}</code><br>${escaped(summary)} <small>(${needs})</small></td></tr>`;
}
