import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineCutter, maxLineBytes } from './line-cutter.ts';

function cut(chunks: readonly (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const cutter = new LineCutter((line) => lines.push(line));
  for (const chunk of chunks) cutter.push(Buffer.from(chunk));
  cutter.end();
  return lines;
}

test('the same lines come out whatever pieces the file comes in', () => {
  const text = 'one\r\ntwo\n\nthree \u00e4\u20ac\nlast';
  const bytes = Buffer.from(text);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length)), (places) => {
      const marks = [0, ...places.toSorted((a, b) => a - b), bytes.length];
      assert.deepEqual(cut(marks.slice(1).map((mark, at) => bytes.subarray(marks[at], mark))), ['one', 'two', '', 'three \u00e4\u20ac', 'last']);
    }),
  );
});

test('bytes that are no UTF-8 are Latin-1, line by line', () => {
  assert.deepEqual(cut([Buffer.concat([Buffer.from('\u00e4\n'), Buffer.from([0xe4, 10]), Buffer.from('a\0b\n')])]), ['\u00e4', '\u00e4', 'a\0b']);
});

test('a line longer than the limit is cut and not kept, and the next one is whole', () => {
  const long = 'x'.repeat(maxLineBytes + 5000);
  for (const chunks of [[`${long}\nnext\n`], [...Array.from({ length: 300 }, () => 'x'.repeat(1000)), '\nnext\n']]) {
    const [first = '', second] = cut(chunks);
    assert.deepEqual([first.length, second], [maxLineBytes, 'next']);
  }
});

test('a chunk may be used again after it was taken', () => {
  const lines: string[] = [];
  const cutter = new LineCutter((line) => lines.push(line));
  const chunk = Buffer.from('begin');
  cutter.push(chunk);
  chunk.fill('X');
  assert.equal(cutter.openBytes, 5);
  cutter.push(Buffer.from(' end\n'));
  assert.deepEqual([lines, cutter.openBytes], [['begin end'], 0]);
});
