import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNamedLines } from './named-lines.ts';

test('a line a name, with comments, several values, any case and any line ending', () => {
  const { values, wrong } = parseNamedLines('# second contacts\r\nBob: a@x.example, b@y.example\r\n\nalice:c@z.example\nBOB: d@w.example\n');
  assert.deepEqual(
    [...values],
    [
      ['bob', ['a@x.example', 'b@y.example', 'd@w.example']],
      ['alice', ['c@z.example']],
    ],
  );
  assert.deepEqual(wrong, []);
});

test('lines that name nobody or nothing are told by number', () => {
  assert.deepEqual(parseNamedLines('bob\n: x@y.example\nalice:\nok: 1').wrong, [1, 2, 3]);
});
