import { describe, expect, it } from '@jest/globals';
import { textOfHtml } from './text-of-html.js';

describe(textOfHtml.name, () => {
  it('keeps words and Liquid, names where links go, and leaves out what is not seen', () => {
    const html = `<!doctype html><HTML><head><title>Not seen</title><style>p > a { color: red }</style></head><body><!-- <p>no</p> -->
      <h1>Hello &amp; welcome, {{ profile.firstName }}</h1>
      <p>Your   order{% if context.total > 10 %} is <b>free</b>{% endif %}.<br/>Bye</p>
      <ul><li>one</li><li>two</li></ul>
      <table><tr><td>Total</td><td>{{ context.total }}</td></tr></table>
      <a class="x" href='{{ context.url }}'><span>Follow it</span></a> <a href="https://shop.test">https://shop.test</a></body></html>`;

    expect(textOfHtml(html)).toBe(
      'Hello & welcome, {{ profile.firstName }}\n\nYour order{% if context.total > 10 %} is free{% endif %}.\nBye\n\n- one\n- two\n\n' +
        'Total  {{ context.total }}\n\nFollow it ({{ context.url }}) https://shop.test',
    );
  });

  it.each(['{{', '{%', '<', '<!--', '<a ', '<a href="x">', '<style>', '&', '\n', 'href = ', '</a>', '{{ x }}', '<p>'])('takes a short while for 600,000 characters of %j', (piece) => {
    const html = piece.repeat(Math.ceil(600_000 / piece.length));
    const startedAt = performance.now();

    textOfHtml(html);

    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
