import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseListText } from './list-file.ts';

const list = { name: 'bad', matches: 'client', action: 'reject' } as const;

test('entries, comments, blank lines, and line ends of any system', () => {
  const { entries, badLines } = parseListText('# ours\r\n\r\n203.0.113.0/24\r\n  198.51.100.7  # spam in May\n192.0.2.1#\n', list);
  assert.equal(badLines, 0);
  assert.deepEqual(entries, [
    { list: 'bad', matches: 'client', entry: '203.0.113.0/24', action: 'reject', reason: null },
    { list: 'bad', matches: 'client', entry: '198.51.100.7/32', action: 'reject', reason: 'spam in May' },
    { list: 'bad', matches: 'client', entry: '192.0.2.1/32', action: 'reject', reason: null },
  ]);
});

test('a bad line costs that line only, and is told by its number', () => {
  const { entries, badLines, problems } = parseListText('203.0.113.0/24\nmail.example.org\n198.51.100.7\n', list);
  assert.deepEqual([entries.length, badLines], [2, 1]);
  assert.match(problems[0] ?? '', /^line 2 is no address or network/);
});

test('of many bad lines a few are told, and all are counted', () => {
  const { badLines, problems } = parseListText('x y\n'.repeat(500), list);
  assert.deepEqual([badLines, problems.length], [500, 3]);
});
