import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHeaderBlock, isSafePath } from './envelope.ts';

const paths: readonly [text: string, utf8: boolean, safe: boolean, why: string][] = [
  ['user@example.org', false, true, 'the usual'],
  ['"a b"@example.org', false, true, 'blanks may be quoted'],
  ['"a>b"@example.org', false, true, 'so may brackets'],
  ['"a\\"b"@example.org', false, true, 'and quotes'],
  ['@a.example,@b.example:user@c.example', false, true, 'a source route is sent on as it came'],
  ['postmaster', false, true, 'the one address without a domain'],
  ['user@example.org> SIZE=9', false, false, 'would end the bracket'],
  ['a b@example.org', false, false, 'a bare blank begins a parameter'],
  ['a\r\nQUIT', false, false, 'a second command'],
  ['"a\r\nQUIT"@b', false, false, 'in quotes as well'],
  ['"a\\\nQUIT"@b', false, false, 'and behind a backslash'],
  ['"a\\', false, false, 'a backslash at the end would eat our bracket'],
  ['"a@b', false, false, 'an open quote would eat our bracket'],
  ['a\u0000@b', false, false, 'NUL'],
  ['jürgen@example.org', false, false, 'beyond ASCII without SMTPUTF8'],
  ['jürgen@example.org', true, true, 'with it'],
  ['', false, false, 'the null sender has no text, so this is none'],
];

for (const [text, utf8, safe, why] of paths) {
  test(`${JSON.stringify(text)} is ${safe ? '' : 'not '}safe between brackets: ${why}`, () => assert.equal(isSafePath(text, utf8), safe));
}

const blocks: readonly [text: string, ok: boolean, why: string][] = [
  ['', true, 'nothing to put in front'],
  ['A: b\r\n', true, 'a line'],
  ['A: b\r\n\tfolded\r\nC: d\r\n', true, 'folded lines'],
  ['A: b', false, 'would run into the first header of the message'],
  ['\r\nA: b\r\n', false, 'an empty line makes the rest body'],
  ['A: b\r\n\r\nC: d\r\n', false, 'an empty line makes the rest body'],
  ['A: b\r\n.\r\nMAIL FROM:<x@y>\r\n', false, 'ends the message'],
  ['A: b\nC: d\r\n', false, 'a bare LF is a line end to some hubs'],
  ['A: b\rC: d\r\n', false, 'and so is a bare CR'],
];

for (const [text, ok, why] of blocks) {
  test(`${JSON.stringify(text)} is ${ok ? '' : 'not '}header lines: ${why}`, () => assert.equal(isHeaderBlock(text), ok));
}
