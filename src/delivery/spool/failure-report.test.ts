import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailbox } from '../../../test/harness/delivery-request.ts';
import { understand } from '../../wire/message/understand.ts';
import { failureReport, type FailureReport } from './failure-report.ts';

const envelope = {
  id: '1M7YNPXHV1000-3',
  queuedAt: 0,
  messageId: '<1@there.example>',
  parameters: { size: null, body: null, smtputf8: false, auth: null, envid: 'QQ314159', ret: 'FULL' },
  recipients: [],
} as const;
const header = 'From: x@there.example\r\nSubject: Hello\r\nMessage-ID: <1@there.example>\r\n';

const report = (parts: Partial<FailureReport> = {}): string =>
  failureReport({
    envelope,
    to: 'x@there.example',
    failed: [{ to: mailbox('someone@hub.example'), why: '550 5.1.1 No such user' }],
    header,
    hostname: 'mx.hub.example',
    at: 1000,
    ...parts,
  });

test('the report is one that programs understand, answers its message, and says that a program wrote it', () => {
  const raw = report();
  const { kind, failedRecipients, status, originalMessageId } = understand(Buffer.from(raw));
  assert.deepEqual([kind, failedRecipients, status, originalMessageId], ['bounce', ['someone@hub.example'], '5.1.1', '<1@there.example>']);
  for (const line of [
    'Auto-Submitted: auto-replied',
    'In-Reply-To: <1@there.example>',
    'Content-Language: en',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="report-1M7YNPXHV1000-3"',
    'Original-Envelope-Id: QQ314159',
    'Final-Recipient: rfc822; someone@hub.example',
    'Diagnostic-Code: smtp; 550 5.1.1 No such user',
    'Content-Type: text/rfc822-headers',
    'Subject: Hello',
  ])
    assert.ok(raw.split('\r\n').includes(line), line);
});

test('ENVID and ORCPT stand as they were meant, not as they travelled: another gateway looks for its own words', () => {
  const of = (envid: string, orcpt: string): string =>
    report({
      envelope: { ...envelope, parameters: { ...envelope.parameters, envid } },
      failed: [{ to: { ...mailbox('someone@hub.example'), orcpt }, why: '550 5.1.1 No such user' }],
    });
  const raw = of('QQ+2B1+3D', 'rfc822;anna+2Bx@old.example');
  assert.match(raw, /^Original-Envelope-Id: QQ\+1=\r$/m);
  assert.match(raw, /^Original-Recipient: rfc822;anna\+x@old\.example\r$/m);
  assert.match(of('A+0D+0AX: y', 'rfc822;a+0D+0AX:+20y@old.example'), /^Original-Recipient: rfc822;a\+0D\+0AX:\+20y@old\.example\r$/m, 'no line ends');
});

test('no text of a stranger breaks out of its place', () => {
  const raw = report({
    failed: [{ to: mailbox('someone@hub.example'), why: '550 5.1.1 No such user\r\n\r\nX: y' }],
    header: `--report-1M7YNPXHV1000-3--\r\nBcc: victim@elsewhere.example\r\nSubject: \xff\x00\r\nX-Long: ${'x'.repeat(5000)}\r\n`,
  });
  assert.doesNotMatch(raw, /^X: y/m);
  const boundary = /boundary="([^"]+)"/.exec(raw)?.[1] ?? '';
  assert.equal(raw.split(`--${boundary}--`).length, 2, 'it ends once, where we end it');
  assert.ok(raw.indexOf('\r\nBcc: ') > raw.indexOf('text/rfc822-headers'), 'a field of the returned header is in the returned header');
  assert.match(raw, /^[\t\x20-\x7e\r\n]*$/, '7-bit throughout');
  assert.ok(raw.split('\r\n').every((line) => line.length <= 998));
});

test('a thousand recipients and an endless header make no endless report', () => {
  const failed = Array.from({ length: 1000 }, (_, number) => ({ to: mailbox(`r${number}@hub.example`), why: '550 5.1.1 No such user' }));
  const raw = report({ failed, header: 'X-Field: y\r\n'.repeat(100_000) });
  assert.ok(raw.length < 64 * 1024, `${raw.length}`);
  assert.match(raw, /^ {2}and 900 more$/m);
});

test('a time that was over has its own status, and no diagnostic of a server that said nothing', () => {
  const raw = report({ failed: [{ to: mailbox('späth@hub.example'), why: 'not delivered within its time: connection refused' }] });
  assert.match(raw, /^Status: 5\.4\.7\r$/m);
  assert.doesNotMatch(raw, /^Diagnostic-Code/m);
  assert.match(raw, /^Final-Recipient: utf-8; sp\\x\{E4\}th@hub\.example\r$/m);
});
