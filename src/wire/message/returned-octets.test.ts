import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounce } from '../../../test/harness/bounce.ts';
import { letter } from '../../../test/harness/letter.ts';
import { returnedOctets } from './returned-octets.ts';

const header =
  'Return-Path: <anna@hub.example>\r\nReceived: from a by b; Sat, 21 Nov 2026 10:00:00 +0000\r\nFrom: Anna\r\n  <anna@hub.example>\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=';
const body = 'Hello  there \r\n\r\n.a line with a dot\r\n';
const inPart = (type: string, content: string, encoding = '7bit'): Buffer =>
  Buffer.from(
    [
      'From: <>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      '',
      '--b',
      '',
      'It could not be delivered.',
      '',
      '--b',
      `Content-Type: ${type}`,
      `Content-Transfer-Encoding: ${encoding}`,
      '',
      content,
      '--b--',
      '',
    ].join('\r\n'),
  );

test('folds, blanks and encoded words stay as they were signed', () =>
  assert.equal(returnedOctets(inPart('message/rfc822', `${header}\r\n\r\n${body}`))?.toString('latin1'), `${header}\r\n\r\n${body}`));

test('a header that came back alone has an empty body', () =>
  assert.equal(returnedOctets(inPart('text/rfc822-headers', `${header}\r\n`))?.toString('latin1'), `${header}\r\n\r\n`));

test('a header part that is encoded is read decoded', () => {
  const quoted = `${header.replaceAll('=', '=3D')}\r\n`;
  assert.equal(returnedOctets(inPart('text/rfc822-headers', quoted, 'quoted-printable'))?.toString('latin1'), `${header}\r\n\r\n`);
});

test('line ends that a server changed are those of the wire again', () => {
  const raw = Buffer.from(inPart('message/rfc822', `${header}\r\n\r\n${body}`).toString('latin1').replaceAll('\r\n', '\n'));
  assert.equal(returnedOctets(raw)?.toString('latin1'), `${header}\r\n\r\n${body}`);
});

test('what stands below a line of the words is found as well', () => {
  const words = `This message was created automatically.\r\n\r\n  x@y.example\r\n    550 unknown user\r\n\r\n------ This is a copy of your message, including all the headers. ------\r\n\r\n${header}\r\n\r\n${body}`;
  const raw = letter({ from: 'Mail Delivery System <MAILER-DAEMON@y.example>', subject: 'Mail delivery failed', body: words });
  assert.equal(returnedOctets(raw)?.toString('latin1').trimEnd(), `${header}\r\n\r\n${body}`.trimEnd());
});

test('a report that returns nothing gives nothing', () => {
  assert.equal(returnedOctets(letter({ body: 'Nobody of that name lives here.\r\n' })), null);
  assert.equal(returnedOctets(Buffer.alloc(0)), null);
  assert.notEqual(returnedOctets(bounce({ to: 'a@hub.example', failed: 'x@y.example', returned: header })), null);
});
