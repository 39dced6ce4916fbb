import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnderWay } from './under-way.ts';

/** Finals that write down what they are told. */
function notebook() {
  const notes: string[] = [];
  return { notes, leaveUnderWay: (key: string) => void notes.push(`left ${key}`), endUnderWay: (key: string) => void notes.push(`ended ${key}`) };
}

test('a client that stays costs nothing: its key is not even made', () => {
  const finals = notebook();
  const underWay = new UnderWay();
  underWay.begin(() => assert.fail('made'), finals);
  underWay.end(finals);
  assert.deepEqual(finals.notes, []);
});

test('a client that goes while the hub thinks leaves its message under way, once, until the answer is known', () => {
  const finals = notebook();
  const underWay = new UnderWay();
  underWay.begin(() => 'a', finals);
  underWay.clientGone(finals); // its side is closed
  underWay.clientGone(finals); // and then the connection
  underWay.end(finals);
  underWay.end(finals);
  assert.deepEqual(finals.notes, ['left a', 'ended a']);
});

test('a client that goes while policy thinks leaves it under way as soon as it goes to the hub', () => {
  const finals = notebook();
  const underWay = new UnderWay();
  underWay.clientGone(finals);
  assert.deepEqual(finals.notes, []);
  underWay.begin(() => 'a', finals);
  assert.deepEqual(finals.notes, ['left a']);
});

test('of several messages that a client pipelined before it went each is under way until all are answered and kept', () => {
  const finals = notebook();
  const underWay = new UnderWay();
  underWay.begin(() => 'a', finals);
  underWay.clientGone(finals);
  underWay.answered();
  underWay.begin(() => 'b', finals);
  underWay.answered();
  underWay.end(finals);
  assert.deepEqual(finals.notes, ['left a', 'left b', 'ended a', 'ended b']);
});

test('an idle client that goes leaves nothing', () => {
  const finals = notebook();
  const underWay = new UnderWay();
  underWay.begin(() => 'a', finals);
  underWay.answered();
  underWay.clientGone(finals);
  assert.deepEqual(finals.notes, []);
});
