import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerFields, readHeader } from './header.ts';
import { defaultMessageLimits as limits } from './limits.ts';

const read = (text: string, lenientStart = false) => readHeader(text, 0, text.length, limits, lenientStart);
const named = (text: string): string[] => read(text).fields.map(({ name, value }) => `${name}=${value}`);

const cases: readonly [text: string, expected: string[], why: string][] = [
  ['A: 1\nB: 2\n\nC: 3\n', ['a=1', 'b=2'], 'an empty line ends it'],
  ['A: 1\n  2\n\t3\n\n', ['a=1 2 3'], 'folded lines are one value'],
  ['A : 1\nb:2\n\n', ['a=1', 'b=2'], 'blanks before the colon are obsolete, not wrong'],
  ['From me Thu Jan 1 00:00:00 1970\nA: 1\n\n', ['a=1'], 'an mbox line is passed over'],
  ['A: 1\n \nB: 2\n\n', ['a=1', 'b=2'], 'a line of blanks does not end it while fields follow'],
  ['A: 1\n \nhello\n', ['a=1'], 'a line of blanks ends it when words follow'],
  ['A: 1\nbroken long line\nB: 2\n\n', ['a=1', 'b=2'], 'a line broken without its blank is forgiven'],
  ['A: 1\nhello there\n\nB: 2\n', ['a=1'], 'words end it'],
  ['hello\nA: 1\n', [], 'what begins with words has no header'],
  ['', [], 'nothing has no header'],
];
for (const [text, expected, why] of cases) test(`${JSON.stringify(text)}: ${why}`, () => assert.deepEqual(named(text), expected));

test('the body begins behind the empty line, or at the words that ended the header', () => {
  assert.equal(read('A: 1\n\nbody').bodyStart, 6);
  assert.equal(read('A: 1\nsome words here\n\n').bodyStart, 5);
});

test('empty lines before a saved message are passed over, for those who ask', () => {
  assert.equal(read('\n  \nA: 1\n\n', true).fields.length, 1);
  assert.equal(read('\n\nA: 1\n\n').fields.length, 0);
});

test('limits: no more fields and no more octets than allowed', () => {
  const many = 'A: 1\n'.repeat(5000);
  assert.equal(read(many).fields.length, limits.headerFields);
  const wide = readHeader(`A: ${'x'.repeat(1000)}\n`, 0, 1003, { ...limits, headerBytes: 100 });
  assert.ok((wide.fields[0]?.value.length ?? 0) <= 100);
});

test('values are decoded, several of one name stay in order', () => {
  const fields = headerFields(read('X: =?utf-8?q?gr=C3=BCn?=\nX: b\n\n').fields);
  assert.deepEqual(fields.get('x'), ['grün', 'b']);
});
