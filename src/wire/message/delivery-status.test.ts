import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksLikeDeliveryStatus, readDeliveryStatus } from './delivery-status.ts';

const told = (text: string): string[] =>
  readDeliveryStatus(text).map(({ action, finalRecipient, originalRecipient, status, replyCode }) =>
    [action, finalRecipient, originalRecipient, status, replyCode].join(' '),
  );

const cases: readonly [text: string, expected: string[], why: string][] = [
  ['Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n', ['failed a@b.example  5.1.1 '], 'RFC 3464'],
  ['Reporting-MTA: dns; x\nFinal-Recipient: a@b.example\nAction: FAILED (bad)\nStatus: 5.0.0\n', ['failed a@b.example  5.0.0 '], 'no empty line, no type'],
  [
    'Final-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 5.1.1\nOriginal-Recipient: rfc822;c@d.example\nFinal-Recipient: rfc822;e@f.example\nAction: delayed\nStatus: 4.4.1\n',
    ['failed a@b.example  5.1.1 ', 'delayed e@f.example c@d.example 4.4.1 '],
    'two recipients without an empty line between',
  ],
  [
    'Original-Recipient: <a@b.example>\nAction: failed\nDiagnostic-Code: smtp; 550 5.1.1 no\n',
    ['failed  a@b.example 5.1.1 550'],
    'McAfee: no final recipient, no status',
  ],
  ['Final-Recipient: rfc822;a@b.example\nStatus: 4.4.1\n', ['delayed a@b.example  4.4.1 '], 'no action: the class of the status says it'],
  ['Final-Recipient: rfc822;a@b.example\nAction: failure\nStatus: 553 too big\n', ['failed a@b.example   553'], 'a reply code in place of the status'],
  ['Final-Recipient: utf-8; \\x{fc}@b.example\nAction: failed\n', ['failed ü@b.example   '], 'RFC 6533'],
  ['Final-Recipient: @r.example:a@b.example\nAction: failed\n', ['failed a@b.example   '], 'a source route'],
  ['hello\n', [], 'no fields'],
];
for (const [text, expected, why] of cases) test(why, () => assert.deepEqual(told(text), expected));

test('no more recipients than the limit, whatever is sent', () => {
  assert.ok(readDeliveryStatus('Final-Recipient: rfc822;a@b.example\nAction: failed\n\n'.repeat(5000)).length <= 240);
});

test('fields among words are seen only at the beginnings of lines', () => {
  assert.ok(looksLikeDeliveryStatus('x\nFinal-Recipient: a@b\nAction: failed'));
  assert.ok(!looksLikeDeliveryStatus('> Final-Recipient: a@b\n> Action: failed'));
});
