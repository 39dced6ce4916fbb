import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Action, Finding } from '../../model/verdict.ts';
import { Marks } from './marks.ts';

const found = (check: string, action: Action = 'tag'): Finding => ({ check, kind: 'abuse', action, outcome: { kind: 'finding', because: 'x', evidence: {} } });
const say = (...findings: readonly Finding[]) => ({ findings });
const names = (findings: readonly Finding[]) => findings.map(({ check }) => check).join(' ');

test('what earlier stages found of the message is kept until there is one; what refuses or only records is not', () => {
  const marks = new Marks();
  marks.keep('connect', say(found('a'), found('b', 'observe'), found('c', 'delay')));
  marks.keep('helo', say());
  marks.keep('mail', say(found('d', 'quarantine')));
  marks.keep('rcpt', say(found('e', 'divert')));
  assert.equal(names(marks.before), 'a d');
  assert.equal(names(marks.all), 'a d e');
});

test('a new message forgets what was found of the one before, a new HELO both', () => {
  const marks = new Marks();
  marks.keep('connect', say(found('a')));
  marks.keep('helo', say(found('b')));
  marks.keep('mail', say(found('c')));
  marks.keep('rcpt', say(found('d')));
  marks.keep('mail', say());
  assert.equal(names(marks.all), 'a b');
  marks.keep('mail', say(found('c')));
  marks.keep('helo', say());
  assert.equal(names(marks.all), 'a');
  marks.keep('connect', say());
  assert.equal(marks.all.length, 0);
});

test('a thousand recipients leave no thousand marks', () => {
  const marks = new Marks();
  for (let number = 0; number < 1000; number++) marks.keep('rcpt', say(found('listed', 'quarantine'), found(`rule-${number}`)));
  assert.equal(marks.all.length, 20);
  assert.equal(marks.all[0]?.check, 'listed');
});

test('the same said of one recipient and of the sender is kept twice: only the second holds for whoever comes', () => {
  const marks = new Marks();
  const ofSender: Finding = { ...found('standing-measure', 'quarantine'), outcome: { kind: 'finding', because: 'x', evidence: {}, wholeMessage: true } };
  marks.keep('rcpt', say(found('standing-measure', 'quarantine')));
  marks.keep('rcpt', say(ofSender));
  marks.keep('rcpt', say(ofSender));
  assert.deepEqual(
    marks.all.map(({ outcome }) => outcome.kind === 'finding' && outcome.wholeMessage),
    [undefined, true],
  );
});
