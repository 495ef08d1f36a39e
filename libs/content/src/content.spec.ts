import { describe, expect, it } from '@jest/globals';
import type { EmailContent } from '@postrider/contracts';
import { ContentInvalid, RenderingFailed, compileContextSchema, compileEmail, inferContextSchema, variablesOf } from './index.js';

const content = (more: Partial<EmailContent> = {}): EmailContent => ({
  subject: 'Order {{ context.order }}', html: '<p>Hello {{ profile.firstName }}</p>', text: '', listUnsubscribe: null, ...more,
});
const scope = { profile: { firstName: 'Ada <3' }, context: { order: 4711 } };

function faultsOf(faulty: EmailContent): [string, string][] {
  try {
    compileEmail(faulty);
    return [];
  } catch (error) {
    return ((error as ContentInvalid).faults ?? []).map(({ path, code }) => [path, code]);
  }
}

describe(compileEmail.name, () => {
  it('renders subject, HTML and the text that follows from the HTML; escapes in the HTML alone', () => {
    const rendered = compileEmail(content()).render(scope);

    expect(rendered).toEqual({ subject: 'Order 4711', html: '<p>Hello Ada &lt;3</p>', text: 'Hello Ada <3', listUnsubscribe: null });
  });

  it('keeps a subject on one line, whatever the values hold', () => {
    const rendered = compileEmail(content({ subject: 'Hi {{ profile.firstName }}' })).render({ profile: { firstName: 'A\r\nBcc: x@evil.test' }, context: {} });

    expect(rendered.subject).toBe('Hi A Bcc: x@evil.test');
  });

  it('knows if and for', () => {
    const html = '{% for item in context.items %}{% if item.isNew %}*{% endif %}{{ item.name }};{% else %}nothing{% endfor %}';
    const compiled = compileEmail(content({ html }));

    const some = compiled.render({ profile: {}, context: { order: 1, items: [{ name: 'Mug', isNew: true }, { name: 'Pot' }] } });
    const none = compiled.render({ profile: {}, context: { order: 1 } });

    expect([some.html, none.html]).toEqual(['*Mug;Pot;', 'nothing']);
  });

  it('names every fault with its field', () => {
    const faulty = content({ subject: '{{ context.order', html: '{% include "x" %}{% for %}', text: '{{ order }}' });

    expect(faultsOf(faulty)).toEqual([['/content/subject', 'TEMPLATE_SYNTAX'], ['/content/html', 'TEMPLATE_SYNTAX'], ['/content/text', 'UNKNOWN_VARIABLE']]);
  });

  it.each(['{% render "a" %}', '{% layout "a" %}', '{% assign x = 1 %}', '{% capture x %}{% endcapture %}', '{{ x | noSuchFilter }}'])('refuses %s', (html) => {
    expect(faultsOf(content({ html }))).not.toEqual([]);
  });

  it('reads no prototype', () => {
    const html = '[{{ profile.constructor.name }}{{ profile.__proto__.toString }}{{ context.items.constructor }}]';

    expect(compileEmail(content({ html })).render({ profile: {}, context: { order: 1, items: [] } }).html).toBe('[]');
  });

  it('gives up on a template that takes too long', () => {
    const loop = (depth: number): string => (depth === 0 ? '{{ context.order }}' : `{% for i in (1..1000) %}${loop(depth - 1)}{% endfor %}`);
    const compiled = compileEmail(content({ html: loop(4) }));

    expect(() => compiled.render(scope)).toThrow(RenderingFailed);
  });
});

describe(variablesOf.name, () => {
  it('follows loop variables to what they range over', () => {
    const html = '{% for item in context.items %}{{ item.name }}{{ forloop.index }}{% endfor %}{{ profile.address.city | upcase }}{{ context["a key"] }}';

    expect(variablesOf(content({ html }))).toEqual({ profile: ['address.city'], context: ['a key', 'items', 'items.*.name', 'order'] });
  });
});

describe(inferContextSchema.name, () => {
  it('requires what is printed without a condition, and knows lists and objects', () => {
    const html = '{{ context.ship.city }}{% if context.gift %}{{ context.note }}{% endif %}{% for item in context.items %}{{ item.name }}{% endfor %}{% if context.items.size > 1 %}!{% endif %}';

    const scalar = { type: ['string', 'number', 'boolean'] };
    expect(inferContextSchema(content({ html }))).toEqual({
      type: 'object',
      properties: {
        gift: {},
        items: { type: 'array', items: { type: 'object', properties: { name: scalar } } },
        note: scalar,
        order: scalar,
        ship: { type: 'object', properties: { city: scalar }, required: ['city'] },
      },
      required: ['order', 'ship'],
    });
  });

  it('asks for what the HTML alone prints, also with a text of its own', () => {
    const html = '{{ context.city }}{{ context.note | raw }}{{ context.tags | join: ", " }}';

    const scalar = { type: ['string', 'number', 'boolean'] };
    expect(inferContextSchema(content({ subject: 'Hi', html, text: 'Hello' }))).toEqual({
      type: 'object', properties: { city: scalar, note: scalar, tags: {} }, required: ['city', 'note'],
    });
  });

  it('asks for nothing when nothing is read', () => {
    const check = compileContextSchema(inferContextSchema(content({ subject: 'Hi' })));

    expect(check(undefined)).toEqual([]);
  });
});

describe(compileContextSchema.name, () => {
  it('names each fault by its path', () => {
    const check = compileContextSchema({ type: 'object', required: ['order', 'a/b'], properties: { order: { type: 'integer' } } });

    expect(check({ order: 'x' }).map((fault) => fault.path)).toEqual(['/a~1b', '/order']);
  });

  it('refuses what is no schema', () => {
    expect(() => compileContextSchema({ type: 'no such type' })).toThrow(ContentInvalid);
  });
});
