import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readKeys, withKey } from './key-ring.ts';

const key = (id: string, octet: number) => ({ id, secret: new Uint8Array(32).fill(octet) });
const lineOf = (octet: number): string => Buffer.alloc(32, octet).toString('base64');

test('a new key is put in front, and the old ones stay', () => {
  const one = withKey('', key('k-1', 1));
  const two = withKey(one, key('k-2', 2));
  assert.match(one, /^# Keys of held mail/);
  assert.deepEqual(readKeys(two), { ring: [key('k-2', 2), key('k-1', 1)] });
  assert.deepEqual(readKeys(withKey(`k-1: ${lineOf(1)}`, key('k-2', 2))), { ring: [key('k-2', 2), key('k-1', 1)] });
  assert.deepEqual(readKeys(withKey('# only words', key('k-2', 2))), { ring: [key('k-2', 2)] });
});

const wrong: readonly [text: string, why: readonly string[], title: string][] = [
  ['', ['holds no key'], 'an empty file'],
  ['# k-1\n\n', ['holds no key'], 'comments only'],
  [`k-1: ${lineOf(1)}\nk-1: ${lineOf(2)}\n`, ['line 2 has the name of a key before it'], 'a name twice'],
  ['k-1: c2hvcnQ=\nnothing\n', ['line 1 is no key', 'line 2 is no key'], 'too short, or something else: all lines at once'],
  [`K/1: ${lineOf(1)}`, ['line 1 is no key'], 'a name that is none'],
];
for (const [text, why, title] of wrong) {
  test(`refused: ${title}`, () => assert.deepEqual(readKeys(text), { wrong: why }));
}

test('what is wrong is told without showing a key', () => {
  const secret = 'VGhpcyBpcyBhIHNlY3JldA';
  assert.doesNotMatch(JSON.stringify(readKeys(`k-1: ${secret}`)), new RegExp(secret));
});
