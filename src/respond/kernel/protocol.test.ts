import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cidrText, parseCidr } from '../../lib/ip.ts';
import { answerText, maxLine, maxNetworks, maxSeconds, orderText, readAnswer, readAsked, readTimed, type Answer } from './protocol.ts';

const requests: readonly [line: string, isTaken: boolean, why: string][] = [
  ['replace 2', true, 'an order and how many networks'],
  ['add 0', true, 'none is a number'],
  ['remove 65536', true, 'as many as may be'],
  [`add ${maxNetworks + 1}`, false, 'one too many'],
  ['report', true, 'the one question'],
  ['report ', false, 'exactly the word'],
  ['replace', false, 'how many is missing'],
  ['replace -1', false, 'no number'],
  ['replace 1e3', false, 'no number of ours'],
  ['flush ruleset', false, 'nft has such words, we do not'],
  ['', false, 'an empty line'],
];
for (const [line, isTaken, why] of requests)
  test(`"${line}" is ${isTaken ? 'taken' : 'refused'}: ${why}`, () => assert.equal(readAsked(line) !== null, isTaken));

const lines: readonly [line: string, isTaken: boolean, why: string][] = [
  ['192.0.2.0/24 60', true, 'a network and seconds'],
  ['2001:db8::/48 3600', true, 'IPv6'],
  ['192.0.2.7 60', false, 'an address without its bits'],
  ['192.0.2.7/24 60', false, 'host bits: there is one way to write a network'],
  ['2001:DB8::/48 60', false, 'one way, in lower case'],
  ['2001:db8:0::/48 60', false, 'and the shortest'],
  ['::ffff:192.0.2.0/120 60', false, 'IPv4 in disguise'],
  ['192.0.2.0/33 60', false, 'no such network'],
  ['192.0.2.0/24 0', false, 'no time at all'],
  [`192.0.2.0/24 ${maxSeconds + 1}`, false, 'longer than it may hold unconfirmed'],
  ['192.0.2.0/24', false, 'no time'],
  ['192.0.2.0/24 60 }', false, 'nothing behind'],
  ['192.0.2.0/24;flush ruleset 60', false, 'no word of nft'],
];
for (const [line, isTaken, why] of lines)
  test(`"${line}" is ${isTaken ? 'taken' : 'refused'}: ${why}`, () => assert.equal(readTimed('add', line) !== null, isTaken));

test('an order to remove names networks without a time', () => {
  assert.equal(readTimed('remove', '192.0.2.0/24')?.seconds, 0);
  assert.equal(readTimed('remove', '192.0.2.0/24 60'), null);
});

test('whatever a line is, what is taken is a network in its one form and a time within bounds: nothing else reaches nft', () => {
  const near = fc.oneof(
    fc.string({ unit: 'binary-ascii' }),
    fc.tuple(fc.ipV4(), fc.nat(40), fc.nat(5000)).map(([ip, bits, seconds]) => `${ip}/${bits} ${seconds}`),
    fc.tuple(fc.ipV6(), fc.nat(140), fc.nat(5000)).map(([ip, bits, seconds]) => `${ip}/${bits} ${seconds}`),
  );
  fc.assert(
    fc.property(near, (line) => {
      const entry = readTimed('add', line);
      if (entry === null) return;
      assert.match(entry.text, /^[\da-f.:]+\/\d+$/);
      assert.equal(cidrText(parseCidr(entry.text) ?? assert.fail()), entry.text);
      assert.ok(entry.seconds >= 1 && entry.seconds <= maxSeconds);
    }),
  );
});

test('an order is read as it was written', () => {
  const text = orderText('add', [
    { text: '192.0.2.0/24', seconds: 60 },
    { text: '2001:db8::/48', seconds: 5 },
  ]);
  const [head = '', ...rest] = text.trimEnd().split('\n');
  assert.deepEqual(readAsked(head), { kind: 'order', order: 'add', count: 2 });
  assert.deepEqual(
    rest.map((line) => readTimed('add', line)?.seconds),
    [60, 5],
  );
  assert.equal(orderText('replace', []), 'replace 0\n');
  assert.equal(orderText('remove', [{ text: '192.0.2.0/24', seconds: 60 }]), 'remove 1\n192.0.2.0/24\n');
});

const answers: readonly Answer[] = [
  { kind: 'done', taken: 3, leftOut: 0, why: '' },
  { kind: 'done', taken: 3, leftOut: 2, why: '10.0.0.0/16 touches 10.0.0.0/8 (--never)' },
  { kind: 'counted', packets: 12, bytes: 720 },
  { kind: 'no', why: 'nft says: no' },
];
for (const answer of answers)
  test(`the answer ${answer.kind} is read as it was written`, () => assert.deepEqual(readAnswer(answerText(answer).slice(0, -1)), answer));

test("an answer is one line, whatever nft's words are, and what is none of ours is told apart", () => {
  const text = answerText({ kind: 'no', why: `a\nreport\n${'x'.repeat(1000)}` });
  assert.equal(text.split('\n').length, 2);
  assert.ok(text.length <= maxLine);
  for (const line of ['', 'done', 'HTTP/1.1 400 Bad Request', 'counted 1']) assert.equal(readAnswer(line), null);
});
