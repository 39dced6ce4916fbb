import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesIn, hasCode, statusOf } from './status-codes.ts';

const cases: readonly [text: string, replyCode: string | null, status: string | null, why: string][] = [
  ['550 5.1.1 User unknown', '550', '5.1.1', 'both'],
  ['said: 450 4.2.2 full', '450', '4.2.2', 'for now'],
  ['no mailbox here by that name. (#5.1.1)', null, '5.1.1', 'qmail'],
  ['550-5.7.26 a\n550 5.7.26 b', '550', '5.7.26', 'several lines'],
  ['in 421 days, 554 5.7.1 refused', '554', '5.7.1', 'a code with a status is believed first'],
  ['RELEASE 2.0.12', null, null, 'a version is no status'],
  ['call 550-624-2500', null, null, 'a telephone number is no code'],
  ['500 bytes, 450 KB', null, null, 'a quantity is no code'],
  ['192.0.2.550 and 10.5.1.1', null, null, 'parts of addresses are no codes'],
  ['250 ok 220 ready', null, null, 'success is no failure'],
  ['5.9.1', null, null, 'RFC 3463 has no such subject'],
];
for (const [text, replyCode, status, why] of cases) test(`${text}: ${why}`, () => assert.deepEqual(codesIn(text), { replyCode, status }));

test('a status field may have a comment, and must begin with the status', () => {
  assert.equal(statusOf('5.1.1 (unknown)'), '5.1.1');
  assert.equal(statusOf('2.0.0'), '2.0.0');
  assert.equal(statusOf('553 too big'), null);
});

const lines: readonly (readonly [line: string, expected: boolean, why: string])[] = [
  ['550 5.1.1 no such user', true, 'a reply with a status'],
  ['said: 554 go away', true, 'a reply'],
  ['(#5.1.1)', true, 'a status'],
  ['550 MB of 500 MB are used', false, 'a size'],
  ['after 451 seconds 550 no', true, 'a size and a reply'],
  ['250 ok', false, 'no failure'],
  ['version 5.1.1.2', false, 'a version'],
];
for (const [line, expected, why] of lines) test(`"${line}" ${expected ? 'has a code' : 'has none'}: ${why}`, () => assert.equal(hasCode(line), expected));
