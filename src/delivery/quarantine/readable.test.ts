import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readableOf } from './readable.ts';

const mail = (...lines: readonly string[]): Buffer => Buffer.from(lines.join('\r\n'));
const b64 = (text: string): string => Buffer.from(text).toString('base64');

test('what is encoded is read as its reader would: words of the header, base64, quoted-printable, charset', () => {
  const base64 = readableOf(
    mail(
      `Subject: =?UTF-8?B?${b64('Счёт на оплату')}?=`,
      'From: =?ISO-8859-1?Q?J=FCrgen?= <j@shop.example>',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      b64('Bitte zahlen Sie 99 €\nbis heute.'),
    ),
  );
  assert.deepEqual(
    [base64.subject, base64.author, base64.kind, base64.readable],
    ['Счёт на оплату', 'Jürgen <j@shop.example>', 'plain', ['Bitte zahlen Sie 99 €', 'bis heute.']],
  );
  const quoted = readableOf(mail('Content-Type: text/plain; charset=iso-8859-1', 'Content-Transfer-Encoding: quoted-printable', '', 'Gr=FC=DFe=', '!'));
  assert.deepEqual(quoted.readable, ['Grüße!']);
});

const html = [
  '<html><head><style>body{background:url(https://track.evil.example/css.png)}</style><script>alert(1)</script></head>',
  '<body onload="fetch(\'https://track.evil.example/onload\')"><img src="https://track.evil.example/pixel.gif">',
  '<form action=https://evil.example/login><a href="https://bank.evil.example/login?x=1">https://www.bank.example</a></form></body></html>',
].join('\r\n');

test('HTML alone is shown as its words, and where it leads is told as text', () => {
  const shown = readableOf(mail('Content-Type: text/html', '', html));
  assert.deepEqual([shown.kind, shown.readable], ['html', ['https://www.bank.example']]);
  assert.deepEqual(shown.links, [
    'https://track.evil.example/css.png',
    'https://track.evil.example/pixel.gif',
    'https://evil.example/login',
    'https://bank.evil.example/login?x=1',
  ]);
});

test('of two alternatives the plain one is read; what is attached is named', () => {
  const shown = readableOf(
    mail(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: multipart/alternative; boundary=c',
      '',
      '--c',
      'Content-Type: text/html',
      '',
      '<p>rich</p>',
      '--c',
      'Content-Type: text/plain',
      '',
      'plain words',
      '--c--',
      '--b',
      'Content-Type: application/octet-stream',
      'Content-Disposition: attachment; filename="invoice\u202efdp.exe"',
      'Content-Transfer-Encoding: base64',
      '',
      'AAAA',
      '--b--',
      '',
    ),
  );
  assert.deepEqual([shown.kind, shown.readable], ['plain', ['plain words']]);
  assert.deepEqual(
    shown.parts.map(({ type, name }) => [type, name]),
    [
      ['text/html', ''],
      ['text/plain', ''],
      ['application/octet-stream', 'invoice\\u{202e}fdp.exe'],
    ],
    'the turned file name is seen for what it is',
  );
});

test('controls, marks of direction and invisible characters are made visible, also where they were encoded', () => {
  const shown = readableOf(
    mail(`Subject: =?UTF-8?B?${b64('a\u001b[2J\u202eb\u200bc\u2066')}?=`, 'Content-Transfer-Encoding: base64', '', b64('x\u001b]0;y\u0007\u2028z')),
  );
  assert.equal(shown.subject, 'a\\u{1b}[2J\\u{202e}b\\u{200b}c\\u{2066}');
  assert.deepEqual(shown.readable, ['x\\u{1b}]0;y\\u{7}\\u{2028}z']);
});

test('a bomb of parts, lines or links is cut', () => {
  const part = '--b\r\nContent-Type: text/html\r\n\r\n' + '<a href=x>'.repeat(10) + '\r\n';
  const bomb = readableOf(Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${part.repeat(5000)}--b--\r\n`));
  assert.ok(bomb.parts.length <= 50, String(bomb.parts.length));
  const links = Array.from({ length: 500 }, (_, at) => `<a href=https://e.example/${at}>`).join('');
  assert.equal(readableOf(mail('Content-Type: text/html', '', links)).links.length, 30);
  const long = readableOf(mail('', 'x\r\n'.repeat(1000), 'y'.repeat(10_000)));
  assert.equal(long.readable.length, 200);
});

test('nothing to read is said so', () => {
  assert.deepEqual(readableOf(mail('Content-Type: image/png', '', 'x')).kind, 'none');
  assert.deepEqual(readableOf(Buffer.alloc(0)).readable, []);
});
