import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesIn, statusOf } from './status-codes.ts';

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
