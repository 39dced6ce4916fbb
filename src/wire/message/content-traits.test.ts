import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorMs } from '../../../test/harness/processor-time.ts';
import { readContent } from './content-traits.ts';

const key = { k0: 11, k1: 12 };

const letter = (...lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n`);
const read = (beginning: Buffer, { from = 'ann@sender.example', recipients = ['bob@hub.example'] as readonly string[] } = {}) =>
  readContent({ beginning, from, recipients, key });

test("a person's mail has hardly any traits", () => {
  const traits = read(letter('From: "Ann" <Ann@Sender.example>', 'To: bob@hub.example', 'Subject: lunch', '', 'Friday?'));
  const { thread, text, ...rest } = traits;
  assert.deepEqual(rest, { fromDomain: 'sender.example', author: 'ann@sender.example' });
  assert.match(`${thread} ${text}`, /^[0-9a-f]+ [0-9a-f]{16}$/);
});

test('a sign-up form gives itself away, whatever its encoding', () => {
  const html = `<html><head><style>${'p {color: red} '.repeat(100)}</style></head><body><p>Welcome! Please <b>confirm</b> your subscription.</p></body></html>`;
  const traits = read(
    letter(
      'From: Shop <no-reply@shop.example>',
      'To: bob@hub.example',
      'Subject: =?utf-8?q?Please_confirm_your_subscription?=',
      'List-Id: News <news.shop.example>',
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      ...(Buffer.from(html)
        .toString('base64')
        .match(/.{1,76}/g) ?? []),
      '--x--',
    ),
    { from: 'bounce@shop.example' },
  );
  assert.deepEqual([traits.confirmation, traits.bulk, traits.listId, traits.report], ['confirm', true, 'news.shop.example', undefined]);
  assert.ok((traits.subscription ?? 0) >= 5, String(traits.subscription));
});

test('a notice that must not be missed is one, in the words of the journal', () => {
  assert.equal(read(letter('From: x@bank.example', 'Subject: New sign-in from Firefox', '', 'x')).transaction, 'sign-in');
  assert.equal(read(letter('From: x@bank.example', 'Subject: Your password was changed', '', 'x')).transaction, 'password-changed');
});

test('a bounce is a report; an automatic answer that asks to confirm is form mail', () => {
  const bounce = letter(
    'From: Mail Delivery System <MAILER-DAEMON@mx.example>',
    'To: bob@hub.example',
    'Subject: Undelivered Mail Returned to Sender',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    '',
    'I could not deliver your message.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example',
    '',
    'Final-Recipient: rfc822; gone@far.example',
    'Action: failed',
    'Status: 5.1.1',
    '--b--',
  );
  assert.deepEqual([read(bounce, { from: '' }).report, read(bounce, { from: '' }).automated], ['bounce', true]);
  const form = letter(
    'From: info@shop.example',
    'Auto-Submitted: auto-replied',
    'Subject: Please confirm your registration',
    '',
    'Thank you for your message.',
  );
  assert.deepEqual([read(form).report, read(form).confirmation !== undefined], [undefined, true]);
});

test('all of a conversation share its thread: answers name its beginning, and without names the subject does', () => {
  const answer = (subject: string, ...more: readonly string[]) => read(letter('From: a@b.example', `Subject: ${subject}`, ...more, '', 'x'));
  const [one, two] = [answer('Re: plans', 'References: <root@x> <other@x>'), answer('AW: Re: plans', 'In-Reply-To: <root@x>')];
  assert.deepEqual([one.thread === two.thread, one.reply, two.reply], [true, true, true]);
  assert.equal(answer('Fwd: Re: plans').thread, answer('plans').thread);
  assert.notEqual(answer('plans').thread, answer('plans', 'List-Id: <l.example>').thread);
  assert.equal(answer('').thread, undefined);
});

test('signatures have a domain and a mark; recipients that the header does not name are told, at most twenty', () => {
  const many = Array.from({ length: 50 }, (_, number) => `r${number}@hub.example`);
  const traits = read(
    letter(
      'DKIM-Signature: v=1; a=rsa-sha256; d=Sender.EXAMPLE; s=x;',
      ' bh=abc=; b=AbCd EfGh',
      ' IjKlMnOpQrStUv',
      'From: a@sender.example',
      'To: R0@hub.example,',
      ' r1@hub.example',
      '',
      'x',
    ),
    { recipients: many },
  );
  assert.deepEqual(traits.signatures, [{ domain: 'sender.example', mark: 'AbCdEfGhIjKlMnOp' }]);
  assert.deepEqual([traits.unnamed?.length, traits.unnamed?.[0]], [20, 'r2@hub.example']);
});

test('the script that made it, and how many hops it has behind it', () => {
  const traits = read(letter('Received: from a by b', 'Received: from b by c', 'X-PHP-Originating-Script: 33:mail.php', 'From: a@b.example', '', 'x'));
  assert.deepEqual([traits.hops, traits.injector], [2, '33:mail.php']);
});

test('copies are known by their bands, stuffed dots are no part of the text', () => {
  const words = Array.from({ length: 80 }, (_, number) => `word${'abcdefgh'[number % 8]}${'xyzuvw'[number % 6]}`).join(' ');
  const one = read(letter('Subject: x', '', `.${words}`));
  assert.equal(one.bands?.length, 8);
  assert.deepEqual(read(letter('Subject: y', '', words)).bands, one.bands);
  assert.equal(read(letter('Subject: y', '', '..', '..x')).text, read(letter('Subject: y', '', 'x')).text);
});

test('the first words are found behind a long header, behind an attachment, and behind a page full of styles', () => {
  const words = Array.from({ length: 60 }, (_, number) => `wort${'abcdefgh'[number % 8]}${'xyzuvw'[number % 6]}`).join(' ');
  const { text } = read(letter('Subject: x', '', words));
  const fill = (bytes: number): string => 'QUJDREVGRw=='.repeat(Math.ceil(bytes / 12)).replaceAll(/.{72}/g, '$&\r\n');
  const header = read(letter(...Array.from({ length: 300 }, (_, number) => `X-Filter-${number}: ${'y'.repeat(70)}`), 'From: a@b.example', '', words));
  assert.deepEqual([header.text, header.author], [text, undefined], 'more fields than are read: those behind them are not known');
  const parts = [
    '--b',
    'Content-Type: image/png',
    'Content-Transfer-Encoding: base64',
    '',
    fill(30_000),
    '--b',
    'Content-Type: text/plain',
    '',
    words,
    '--b--',
  ];
  assert.equal(read(letter('Content-Type: multipart/mixed; boundary=b', '', ...parts)).text, text);
  const styles = `<html><head><style>${'p {color: red} '.repeat(1200)}</style></head><body>${words}</body></html>`;
  assert.equal(read(letter('Content-Type: text/html', '', styles)).text, text);
  const late = letter('From: mailer-daemon@b.example', 'Content-Type: text/plain', '', 'x '.repeat(9000), '', words);
  assert.equal(read(late, { from: '' }).author, 'mailer-daemon@b.example');
});

test('whatever is no message has an end, and costs no more than its beginning', () => {
  const junk = [Buffer.alloc(0), Buffer.alloc(300_000, 0), Buffer.from('\r\n'.repeat(50_000)), Buffer.from(`Subject: ${'=?utf-8?q?'.repeat(20_000)}`)];
  for (const each of junk) assert.ok(typeof read(each) === 'object');
  const nested = Buffer.from(`Content-Type: multipart/mixed; boundary=a\r\n\r\n${'--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n'.repeat(1000)}`);
  const startedAt = processorMs();
  read(nested);
  assert.ok(processorMs() - startedAt < 1000);
  assert.equal(read(Buffer.from(`From: a@b.example\r\n\r\n${'x '.repeat(40_000)}\r\n`)).author, 'a@b.example');
});
