import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSendmailId, parseSendmailControl } from './sendmail-control.ts';

const file = (...lines: readonly string[]): Buffer => Buffer.from(['V8', 'T1795266799', ...lines, '.', ''].join('\n'), 'latin1');
const usual = [
  'MDeferred: refused',
  '$_host.example [192.0.2.9]',
  '$rESMTP',
  'S<bad@spam.example>',
  'rRFC822; joe@far.example',
  'RPFD:<joe@far.example>',
  'H?P?Return-Path: <\x81g>',
  'H??Subject: hello',
  '\tagain',
];

const read = (...lines: readonly string[]) => {
  const envelope = parseSendmailControl(file(...lines));
  assert.ok(envelope !== null);
  return envelope;
};

test('a waiting message', () => {
  const { header, ...rest } = read(...usual);
  assert.deepEqual(rest, {
    from: 'bad@spam.example',
    to: ['joe@far.example'],
    queuedAt: 1795266799000,
    quarantine: null,
    reason: 'Deferred: refused',
    user: null,
    ip: '192.0.2.9',
  });
  assert.equal(header.toString(), 'Subject: hello\n\tagain\n', 'what is written for some mailers only is not of the message yet');
});

test('the null sender', () => assert.equal(read('S<>', 'RPF:<a@b.example>').from, ''));
test('a quoted local part with angle brackets', () => assert.equal(read('S<"a>b"@x.example>', 'RPF:<a@b.example>').from, '"a>b"@x.example'));
test('why it is quarantined', () => assert.equal(read('qfloodgate q-1', ...usual).quarantine, 'floodgate q-1'));
test('a client with a forged name', () => assert.equal(read('$_x.example [IPv6:2001:db8::1] (may be forged)', 'S<a@b.example>').ip, '2001:db8::1'));
test('mail of the machine itself: the user who called', () =>
  assert.deepEqual([read('$_www@localhost', 'S<www@x.example>').user, read('$_www@localhost', 'S<www@x.example>').ip], ['www', '']));

test('a header line cannot play another kind of line', () => {
  const { to, from } = read(...usual, 'H??X: y', '\tRPF:<evil@x.example>', ' S<evil@x.example>');
  assert.deepEqual([to, from], [['joe@far.example'], 'bad@spam.example']);
});

test('a file that is being written has no last dot and is no message', () => {
  const whole = file(...usual);
  for (let length = 0; length < whole.length - 1; length++) assert.equal(parseSendmailControl(whole.subarray(0, length)), null);
});

test('ids; options and paths are none', () => {
  assert.ok(isSendmailId('6ALDDJmq030107'));
  for (const bad of ['', '-qQ', '../../etc/passwd', '6ALDDJmq03010 7', 'short']) assert.equal(isSendmailId(bad), false, bad);
});
