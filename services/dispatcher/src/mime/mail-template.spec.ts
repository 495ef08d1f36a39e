import { describe, expect, it } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { aCampaign } from '../../test/builders.js';
import { MailTemplate } from './mail-template.js';

const facts = { messageId: '5f2c1c0e-6f0e-5a43-8a3f-0c9f4c2f7d10', to: 'ada@shop.test', date: new Date('2026-03-01T10:20:30Z') };
const rendered = { subject: 'Order 4711', html: '<p>Hello</p>', text: 'Hello', listUnsubscribe: null };

function template(fromName = 'Shop'): MailTemplate {
  const { channel } = aCampaign(25);
  return new MailTemplate({ ...channel, email: { ...channel.email, fromName, replyTo: 'help@shop.test' } });
}

describe(MailTemplate.name, () => {
  it('is read by another as it was written', async () => {
    const mail = await simpleParser(template().compose(rendered, facts, true));

    expect(mail).toMatchObject({ subject: 'Order 4711', messageId: `<${facts.messageId}@shop.test>`, text: 'Hello', html: '<p>Hello</p>', date: facts.date });
    expect([mail.from?.text, mail.replyTo?.text]).toEqual(['"Shop" <orders@shop.test>', 'help@shop.test']);
  });

  it.each([true, false])('carries every script, long lines and dots (8-bit: %s)', async (takes8Bit) => {
    const subject = 'Ordningsnummer ✓ 注文番号 '.repeat(6).trim();
    const html = `<p>Smörgåsbord 寿司 🍣</p>\r\n.\r\n${'x'.repeat(3_000)}`;
    const raw = template('Bøker, "Æ" & sønner').compose({ ...rendered, subject, html, text: 'å\nä\r\nö\rü' }, facts, takes8Bit);

    const mail = await simpleParser(Buffer.from(raw));

    expect(mail.subject).toBe(subject);
    expect(mail.from?.value[0]?.name).toBe('Bøker, "Æ" & sønner');
    expect((mail.html || '').replaceAll('\r', '').trim()).toBe(html.replaceAll('\r', ''));
    expect(mail.text?.trim().split('\n')).toEqual(['å', 'ä', 'ö', 'ü']);
    expect(raw.split('\r\n').every((line) => Buffer.byteLength(line) <= 998 && !/[\r\n]/.test(line))).toBe(true);
    if (!takes8Bit) expect(Buffer.byteLength(raw)).toBe(raw.length);
  });

  it('lets no value add a header', async () => {
    const mail = await simpleParser(template('Shop\r\nBcc: a@evil.test').compose({ ...rendered, subject: 'Hi\r\nBcc: b@evil.test\n\nbody' }, facts, true));

    expect(mail.bcc).toBeUndefined();
    expect(mail.subject).toBe('Hi Bcc: b@evil.test body');
  });

  it('lets no value end a part, not even one that knows an earlier mail', async () => {
    const mails = template();
    const boundary = /boundary="([^"]+)"/.exec(mails.compose(rendered, facts, true))?.[1] ?? '';
    const attack = `Ada\r\n--${boundary}\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="x.pdf"\r\n\r\nx\r\n--${boundary}--\r\n`;

    const mail = await simpleParser(mails.compose({ ...rendered, text: attack }, facts, true));

    expect(boundary).not.toBe('');
    expect(mail.attachments).toEqual([]);
    expect(mail.html).toBe('<p>Hello</p>');
  });

  it('lets no configured address end its header or command', () => {
    const { channel } = aCampaign(25);
    const mails = new MailTemplate({ ...channel, email: { ...channel.email, fromAddress: 'a@shop.test>\r\nBcc: <x@evil.test', replyTo: 'b@shop.test\r\nCc: y' } });

    const head = mails.compose(rendered, facts, true).split('\r\n\r\n')[0] ?? '';

    expect(mails.from).not.toMatch(/[\s<>]/);
    expect(head.split('\r\n').filter((line) => /^(bcc|cc):/i.test(line))).toEqual([]);
  });

  it.each([
    ['https://shop.test/u?m=1', true, true],
    ['mailto:out@shop.test', true, false],
    ['https://shop.test/>\r\nBcc: x', false, false],
  ])('says how to unsubscribe: %s', (listUnsubscribe, isThere, isOneClick) => {
    const raw = template().compose({ ...rendered, listUnsubscribe }, facts, true);

    expect([raw.includes('List-Unsubscribe: <'), raw.includes('List-Unsubscribe-Post')]).toEqual([isThere, isOneClick]);
  });
});
