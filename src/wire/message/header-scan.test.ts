import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everySplit } from '../../../test/harness/every-split.ts';
import { HeaderScan, type HeaderSummary } from './header-scan.ts';

const roomy = { maxBytes: 102_400, maxLines: 1000 };

function scan(chunks: readonly Buffer[], limits = roomy): HeaderSummary & { readonly done: boolean; readonly tooBig: string | null } {
  const header = new HeaderScan(limits, 'MX.Hub.Example');
  for (const chunk of chunks) header.push(chunk);
  return { ...header.summary(), done: header.done, tooBig: header.tooBig };
}

const cases: readonly [wire: string, expected: Partial<ReturnType<typeof scan>>, why: string][] = [
  [
    'Received: a\r\n\tb\r\nReceived: c\r\nMessage-ID: <1@x>\r\nSubject: Hi\r\n\r\nbody\r\n',
    { headerBytes: 62, headerLines: 5, receivedLines: 2, messageId: '<1@x>', subject: 'Hi', done: true },
    'the plain case',
  ],
  [
    'Received: from a (b [192.0.2.1])\r\n\tby mx.hub.example with ESMTP id 1; Sat, 21 Nov 2026 10:00:00 +0000\r\nReceived: from x by MX.hub.example\r\n by mx.hub.example with SMTP\r\nReceived: from mx.hub.example by mail.hub.example with SMTP\r\nX-By: by mx.hub.example with\r\n\r\n',
    { receivedLines: 3, passes: 2 },
    'what we have written ourselves, once a field',
  ],
  ['Received: from a\r\n by mx.hub.example.evil.example with SMTP\r\n\r\n', { receivedLines: 1, passes: 0 }, 'a longer name is not ours'],
  ['Subject: a\r\n b\r\n\tc\r\n\r\n', { subject: 'a b c', headerLines: 3 }, 'folded'],
  ['SUBJECT : a\r\nmessage-id:x\r\n\r\n', { subject: 'a', messageId: 'x' }, 'any case, blanks before the colon (RFC 5322 4.5.2)'],
  ['Subject: one\r\nSubject: two\r\n three\r\n\r\n', { subject: 'one' }, 'the first of two'],
  ['Subject: =?utf-8?Q?Inv=6Fice_9?=\r\n\r\n', { subject: '=?utf-8?Q?Inv=6Fice_9?=', subjectText: 'Invoice 9' }, 'encoded words, both ways'],
  ['Subject: =?utf-8?B?SW52b2lj?=\r\n =?utf-8?B?ZSA5?=\r\n\r\n', { subjectText: 'Invoice 9' }, 'a word cut in two'],
  ['Subject: Invoice\r\n\r\n', { subjectText: undefined }, 'no encoded words'],
  ['Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\n', { dated: true }, 'when it was written'],
  ['X-Date: x\r\n\r\nDate: y\r\n', { dated: false }, 'another field, or the body, says nothing of that'],
  ['Subject:\r\n\r\n', { subject: '', messageId: null }, 'empty is not missing'],
  ['Message-ID:\r\n <folded@x>\r\n\r\n', { messageId: '<folded@x>' }, 'value on the folded line'],
  ['Subject: \u0001a\u001b[31mb\0\r\n\r\n', { subject: 'a[31mb' }, 'control characters do not reach logs'],
  ['Subject: gr\u00fc\u00df\r\n\r\n', { subject: 'grüß' }, 'Latin-1 sent raw is still readable'],
  ['Subject: x\r\nThis is the body: yes\r\nSubject: y\r\n', { headerLines: 1, headerBytes: 12, done: true }, 'no blank line: a body line ends the header'],
  ['hello\r\nSubject: y\r\n\r\n', { headerLines: 0, subject: null, done: true }, 'no header at all'],
  [' folded\r\nSubject: y\r\n\r\n', { headerLines: 0, done: true }, 'nothing to go on with'],
  ['From me@x Mon Jan 1\r\nSubject: y\r\n\r\n', { headerLines: 2, subject: 'y' }, 'an mbox separator is left over'],
  ['X: y\r\nFrom me\r\nSubject: y\r\n\r\n', { headerLines: 1, subject: null }, 'but only as the first line'],
  ['Subject: y\r\n \r\n\t\r\nMessage-ID: x\r\n\r\n', { headerLines: 4, messageId: 'x', subject: 'y' }, 'folded lines of blanks only'],
  ['Subject: y\r\n', { done: false, subject: 'y' }, 'a header that goes on'],
  ['', { done: false, headerLines: 0 }, 'nothing'],
  ['\r\nSubject: y\r\n', { done: true, headerBytes: 0, subject: null }, 'no header, only a body'],
  ['..x: y\r\nSubject: z\r\n\r\n', { headerLines: 2, subject: 'z' }, 'a stuffed dot is none of the field name'],
  ['.\0\r\nSubject: z\r\n', { headerLines: 0, done: true }, 'NUL is in no field name'],
  [`${'x'.repeat(78)}: y\r\nSubject: z\r\n\r\n`, { headerLines: 0, done: true }, 'no field has a name of 78 octets'],
];

for (const [wire, expected, why] of cases) {
  test(`${JSON.stringify(wire.slice(0, 60))}: ${why}`, () => {
    const whole = scan([Buffer.from(wire, 'latin1')]);
    for (const [key, value] of Object.entries(expected)) assert.deepEqual(whole[key as keyof typeof whole], value, key);
    for (const chunks of everySplit(Buffer.from(wire, 'latin1'))) assert.deepEqual(scan(chunks), whole);
  });
}

test('UTF-8 is decoded over any cut', () => {
  for (const chunks of everySplit(Buffer.from('Subject: né €\r\n 😀\r\n\r\n'))) assert.equal(scan(chunks).subject, 'né € 😀');
});

test('limits hold to the octet and the line, in every split', () => {
  const wire = Buffer.from('A: b\r\nC: d\r\n\r\nbody\r\n');
  for (const chunks of everySplit(wire)) {
    assert.equal(scan(chunks, { maxBytes: 14, maxLines: 2 }).tooBig, null);
    assert.deepEqual([scan(chunks, { maxBytes: 13, maxLines: 2 }).tooBig, scan(chunks, { maxBytes: 13, maxLines: 2 }).headerLines], ['bytes', 2]);
    assert.equal(scan(chunks, { maxBytes: 5, maxLines: 2 }).tooBig, 'bytes');
    assert.equal(scan(chunks, { maxBytes: 14, maxLines: 1 }).tooBig, 'lines');
  }
});

test('a header line without end is counted, not kept', () => {
  const header = new HeaderScan(roomy, 'mx.hub.example');
  header.push(Buffer.from('Subject: '));
  for (let round = 0; round < 200 && !header.done; round++) header.push(Buffer.alloc(1000, 'x'));
  assert.equal(header.tooBig, 'bytes');
});

test('a value is cut at 998 octets, in every way it can come', () => {
  const long = `Subject: ${'x'.repeat(900)}\r\n ${'y'.repeat(900)}\r\n ${'z'.repeat(5000)}\r\nMessage-ID: <a>\r\n\r\n`;
  const whole = scan([Buffer.from(long)]);
  assert.ok((whole.subject?.length ?? 0) <= 998);
  assert.equal(whole.messageId, '<a>');
  for (const at of [500, 911, 998, 1500, 3000]) assert.deepEqual(scan([Buffer.from(long.slice(0, at)), Buffer.from(long.slice(at))]), whole);
});

test('a character cut at the cap does not make the rest unreadable', () => {
  for (const lead of ['', 'x', 'xx']) assert.match(scan([Buffer.from(`Subject: ${lead}${'€'.repeat(400)}\r\n\r\n`)]).subject ?? '', /^x*€+$/);
});
