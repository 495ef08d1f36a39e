/** Reference load B: an e-mail of about 24 KB HTML and 1 KB text, 12 merge fields, one loop, two branches. */

const PARAGRAPH =
  'Your parcel left our warehouse this morning and is on its way. The carrier scans it at each stop, so the page behind ' +
  'the button below always knows more than this mail does. If nobody is at home, it waits at the nearest pick-up point. ';

const HTML_BYTES = 24_000;

const rows = `{% for item in context.items %}<tr><td>{{ item.name }}</td><td align="right">{{ item.quantity }}</td><td align="right">{{ item.price }}</td></tr>{% endfor %}`;

const head = `<!doctype html><html><head><meta charset="utf-8"><title>Order {{ context.order }}</title>
<style>body{font-family:Arial,sans-serif;color:#222}td{padding:4px 8px;border-bottom:1px solid #ddd}</style></head><body>
<h1>Hello {{ profile.firstName }} {{ profile.lastName }}</h1>
<p>Order <b>{{ context.order }}</b> of {{ context.orderedAt }} goes to {{ context.street }}, {{ context.zip }} {{ context.city }}.</p>
{% if context.express %}<p><b>Express:</b> with you tomorrow.</p>{% else %}<p>With you in two to four days.</p>{% endif %}
{% if profile.member %}<p>You earned {{ context.points }} points.</p>{% else %}<p>Join our club and earn points.</p>{% endif %}
<table>${rows}</table><p>Total: {{ context.total }} {{ context.currency }}</p>
<p><a href="{{ context.trackingUrl }}">Follow it</a></p>`;

function filler(bytes: number): string {
  const block = `<p style="margin:0 0 12px 0;font-size:14px;line-height:20px">${PARAGRAPH}</p>\n`;
  return block.repeat(Math.ceil(bytes / block.length)).slice(0, Math.floor(bytes / block.length) * block.length);
}

export const messageB = {
  subject: 'Order {{ context.order }} is on its way, {{ profile.firstName }}',
  html: `${head}${filler(HTML_BYTES - head.length)}</body></html>`,
  text: `Hello {{ profile.firstName }},\norder {{ context.order }} is on its way to {{ context.city }}.\n${PARAGRAPH.repeat(4)}`.slice(0, 1_024),
  listUnsubscribe: null,
};

/** The same merge fields without what fills it up: calls cost the same, mails cost less. */
export const shortMessageB: typeof messageB = { ...messageB, html: `${head}</body></html>` };

const ITEMS = ['Kettle', 'Mug', 'Tea, Assam'].map((name, index) => ({ name, quantity: index + 1, price: `${(index + 1) * 7}.50` }));

/** The context of one recipient; twenty of them make a call of about 8 KB. */
export function contextB(order: number): Record<string, unknown> {
  return {
    order, orderedAt: '2026-03-01', street: '12 Long Lane', zip: '111 22', city: 'Stockholm', express: order % 2 === 0,
    points: order % 100, total: '45.00', currency: 'EUR', trackingUrl: `https://shop.test/track/${order}`, items: ITEMS,
  };
}
