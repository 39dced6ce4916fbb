import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shinglesOf } from './likeness.ts';
import type { OpenedMessage, QueueItem } from './mail-queue.ts';
import { fitsOf, type MessageLook, type Selection, type SelectionWords } from './selection.ts';

const item: QueueItem = {
  id: 'A1',
  store: 'postfix',
  queuedAt: 1000,
  from: 'Win@mail.spam.example',
  to: ['joe@far.example', 'Ann@Near.example'],
  size: 1,
  reason: '',
  incident: null,
  held: false,
};
const opened: OpenedMessage = { user: 'Ulla', ip: '10.0.0.1', beginning: Buffer.alloc(0) };
const look: MessageLook = { subject: 'You have WON', messageId: null, text: 'one two three four five', origins: ['10.0.0.1', '192.0.2.9'] };
const everything: Selection = { words: {}, ids: null, before: null, like: null, incident: null };

const fits = (selection: Partial<Selection>, of: QueueItem = item): boolean => {
  const tests = fitsOf({ ...everything, ...selection });
  return tests.item(of) && (tests.message(of)?.(opened, look) ?? true);
};

const cases: readonly [words: SelectionWords, expected: boolean, why: string][] = [
  [{}, true, 'nothing said is everything'],
  [{ sender: 'win@MAIL.spam.example' }, true, 'case is put aside'],
  [{ sender: 'mail.spam.example' }, true, 'a domain'],
  [{ sender: 'spam.example' }, false, 'a domain is not those below it'],
  [{ sender: '.spam.example' }, true, 'all below it'],
  [{ sender: 'am.example' }, false, 'the end of a word is no domain'],
  [{ sender: '<>' }, false, 'not the null sender'],
  [{ sender: 'win*@*.example' }, true, 'asterisks'],
  [{ sender: '*example*example' }, false, 'each part once'],
  [{ recipient: 'near.example' }, true, 'any of the recipients'],
  [{ recipient: 'other.example' }, false, 'none of the recipients'],
  [{ sender: '.spam.example', recipient: 'other.example' }, false, 'all must fit'],
  [{ user: 'ulla' }, true, 'the user'],
  [{ user: 'ull' }, false, 'a part of a name is another user'],
  [{ origin: '192.0.2.0/24' }, true, 'the hop before a machine of ours'],
  [{ origin: '198.51.100.0/24' }, false, 'elsewhere'],
  [{ subject: 'have won' }, true, 'part of the subject'],
  [{ subject: 'lost' }, false, 'not in the subject'],
];

for (const [words, expected, why] of cases)
  test(`${JSON.stringify(words)} ${expected ? 'fits' : 'does not fit'}: ${why}`, () => assert.equal(fits({ words }), expected));

test('the null sender is meant by <> and by no domain', () => {
  const bounce = { ...item, from: '' };
  assert.ok(fits({ words: { sender: '<>' } }, bounce));
  assert.equal(fits({ words: { sender: 'spam.example' } }, bounce), false);
  assert.throws(() => fits({ words: { sender: '' } }), /write <>/, 'an empty variable of a script must not mean something');
});

test('named ids, and age', () => {
  assert.deepEqual(
    [fits({ ids: new Set(['A1']) }), fits({ ids: new Set(['A2']) }), fits({ before: 1001 }), fits({ before: 1000 })],
    [true, false, true, false],
  );
});

test('an incident means what its store has written down, and what it is about; further words narrow it', () => {
  const its = { ...item, incident: 'i-1' };
  const ofAnn = { id: 'i-1', words: { recipient: 'ann@near.example' } };
  assert.ok(fits({ incident: ofAnn }));
  assert.ok(fits({ incident: { id: 'i-1', words: { recipient: 'zoe@far.example' } } }, its), 'written down');
  assert.equal(fits({ incident: { id: 'i-1', words: null } }), false, 'about nothing that can be searched: not everything');
  assert.equal(fits({ incident: ofAnn, words: { sender: 'other.example' } }, its), false);
});

test('nearly the same text fits, another does not, and one without words is like nothing', () => {
  const copy = 'You have won 7! one two three four five';
  assert.ok(fits({ like: shinglesOf(copy) }));
  assert.equal(fits({ like: shinglesOf('the meeting on Thursday is in another room') }), false);
  assert.equal(fits({ like: shinglesOf('123') }), false);
});

test('a network that is none is told, not passed over', () => assert.throws(() => fits({ words: { origin: '300.1.1.1' } }), /no address or network/));
