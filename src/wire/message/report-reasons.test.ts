// Where status, reply code and wording disagree: which of them is believed, and why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { understand } from './understand.ts';

const bounce = (status: string, diagnostic: string, words = ''): string =>
  [
    'Return-Path: <>',
    'From: mailer-daemon@relay.example',
    'To: author@writer.example',
    'Subject: Delivery report',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    '',
    words,
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; relay.example',
    '',
    'Final-Recipient: rfc822; bob@far.example',
    'Action: failed',
    `Status: ${status}`,
    ...(diagnostic === '' ? [] : [`Diagnostic-Code: smtp; ${diagnostic}`]),
    '',
    '--b--',
  ].join('\n');

const cases: readonly (readonly [status: string, diagnostic: string, reason: string, hard: boolean, why: string])[] = [
  ['5.1.1', '550 5.1.1 User unknown', 'user-unknown', true, 'they agree'],
  ['5.2.2', '552 5.2.2 Mailbox full', 'mailbox-full', false, 'they agree; RFC 3463 3.3: a full mailbox is for now'],
  ['5.0.0', '550 Mailbox full', 'mailbox-full', false, '5.0.0 says nothing: the wording speaks'],
  ['5.7.1', '550 5.7.1 Over quota', 'mailbox-full', false, '5.7.1 is what some servers answer to everything'],
  ['5.2.0', '550 5.2.0 quota exceeded', 'mailbox-full', false, 'x.2.0 is the mailbox, the wording says what of it'],
  ['5.1.1', '550 5.1.1 mailbox is full', 'mailbox-full', true, 'a definite status for good: the wording gives the reason, the status its permanence'],
  ['5.2.2', '550 5.1.1 <bob@far.example>... User unknown', 'user-unknown', true, 'plainly nobody there, whatever the status'],
  ['4.1.1', '450 4.1.1 <bob@far.example>: User unknown', 'user-unknown', true, 'the class is a slip: waiting makes no mailbox'],
  ['4.2.1', '450 4.2.1 mailbox disabled', 'mailbox-disabled', false, 'for now, and nothing says otherwise'],
  ['4.4.7', 'connect to mx.far.example: Connection refused', 'expired', false, 'time has run out; what went wrong last is not plain'],
  ['4.4.7', '550 5.1.1 no such user', 'user-unknown', true, 'the last answer was plain'],
  ['5.4.6', '554 5.4.6 Too many hops', 'loop', true, 'they agree'],
  ['5.7.1', '550 5.7.1 Relaying denied', 'relay-denied', true, 'the wording is narrower'],
  ['5.7.1', '550 5.7.1 rejected as spam', 'spam-refused', true, 'the wording is narrower'],
  ['5.7.26', '550 5.7.26 unauthenticated mail from this domain', 'authentication-failed', true, 'an exact status goes before a wording'],
  ['5.7.1', '550 5.7.1 go away', 'policy', true, 'no wording: the status speaks'],
  ['5.0.0', '550 go away', 'unknown', true, 'nothing speaks: no guess'],
  ['5.1.2', '', 'host-unknown', true, 'no answer at all: the status speaks'],
];
for (const [status, diagnostic, reason, hard, why] of cases)
  test(`${status} with "${diagnostic}" is ${reason}, ${hard ? 'for good' : 'for now'}: ${why}`, () => {
    const answer = understand(Buffer.from(bounce(status, diagnostic)));
    assert.deepEqual([answer.reason, answer.hard, answer.status], [reason, hard, status]);
  });

const letters: readonly (readonly [words: string, reason: string, why: string])[] = [
  ['CAUTION: do not open attachments of strangers.\n\nCould not be delivered.', 'unknown', "a gateway's banner gives no reason"],
  ['This site uses an antispam appliance. Could not be delivered: mailbox full', 'mailbox-full', 'what the product is goes behind what it says'],
  ['Could not be delivered. Our spam filter refused it.', 'spam-refused', 'a common word is better than none'],
];
for (const [words, reason, why] of letters)
  test(`"${words.replaceAll('\n', ' ')}" is ${reason}: ${why}`, () => assert.equal(understand(Buffer.from(bounce('5.0.0', '', words))).reason, reason));

test('a tag that a filter puts in front of the subject is not why the message was refused', () => {
  const tagged = bounce('5.0.0', '', 'Could not be delivered.').replace('Subject: ', 'Subject: ***SPAM*** ');
  assert.equal(understand(Buffer.from(tagged)).reason, 'unknown');
});
