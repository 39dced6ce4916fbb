import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dnsQuestion, ttlIn } from './dns-ttl.ts';

/** One MX record whose name is a pointer to the question, and an address record besides. */
const record = (type: number, ttl: number): readonly number[] => [0xc0, 12, 0, type, 0, 1, 0, 0, ttl >> 8, ttl & 0xff, 0, 2, 0, 10];
function answerOf(question: Buffer, ...records: readonly (readonly number[])[]): Buffer {
  const answer = Buffer.concat([question, ...records.map((each) => Buffer.from(each))]);
  answer[2] = 0x81;
  answer[7] = records.length;
  return answer;
}

const question = dnsQuestion(4711, 'customer.example', 'MX');

test('a question has its name in labels', () => assert.equal(question.toString('latin1', 12, 30), '\x08customer\x07example\0'));
test('the least TTL of the records asked for counts, others do not', () =>
  assert.equal(ttlIn(answerOf(question, record(1, 5), record(15, 3600), record(15, 600)), 4711, 'MX'), 600));
test('no record, another id, a question sent back, a torn answer: nothing is known', () => {
  assert.equal(ttlIn(answerOf(question), 4711, 'MX'), null);
  assert.equal(ttlIn(answerOf(question, record(15, 60)), 4712, 'MX'), null);
  assert.equal(ttlIn(question, 4711, 'MX'), null);
  assert.equal(ttlIn(answerOf(question, record(15, 60)).subarray(0, 40), 4711, 'MX'), null);
});
