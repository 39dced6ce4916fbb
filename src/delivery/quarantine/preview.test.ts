import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerOf, previewOf } from './preview.ts';

const cases: readonly [wire: string, header: readonly string[], text: readonly string[], why: string][] = [
  ['Subject: x\r\n\r\nhello\r\n', ['Subject: x'], ['hello'], 'header and text'],
  ['Subject: x\r\n\r\n..a\r\n', ['Subject: x'], ['.a'], 'dots as people mean them'],
  ['Subject: \x1b[2J\r\n\r\n\x07\x00\r\n', ['Subject: \\u{1b}[2J'], ['\\u{7}\\u{0}'], 'what a terminal obeys is made visible'],
  ['\r\na\u202eb\u200b\r\n', [], ['a\\u{202e}b\\u{200b}'], 'so is what turns the direction of writing, and what nobody sees'],
  ['\r\na\rb\nc\r\n', [], ['a\\u{d}b\\u{a}c'], 'a bare CR or LF is no line end'],
  ['Subject: x\r\n', ['Subject: x'], [], 'a message without a body'],
  ['\r\na\tb\r\n', [], ['a\tb'], 'a tab is harmless'],
];
for (const [wire, header, text, why] of cases) {
  test(why, () => {
    const shown = previewOf(Buffer.from(wire), false);
    assert.deepEqual([shown.header, shown.text, shown.more], [header, text, false]);
  });
}

test('the header alone is what the preview shows of it, wherever the pieces end', async () => {
  for (const [wire, header] of cases) {
    const octets = Buffer.from(wire);
    for (let size = 1; size <= octets.length; size++) assert.deepEqual(await headerOf(piecesOf(octets, size)), header, `${JSON.stringify(wire)} by ${size}`);
  }
});

test('for the header alone nothing behind it is read, nor more than a header may have', async () => {
  let read = 0;
  const pieces = function* (first: string): Generator<Buffer> {
    for (read = 0; read < 1000; read += 1) yield Buffer.from(read === 0 ? first : 'x'.repeat(10_000));
  };
  assert.deepEqual([await headerOf(pieces('From: é <e@a.example>\r\n\r\nb')), read], [['From: é <e@a.example>'], 0]);
  assert.deepEqual([(await headerOf(pieces('From: x'))).length, read], [1, 11]);
  const latin = Buffer.concat([Buffer.from('From: é\r\n\r\n'), Buffer.from('\xe9\r\n', 'latin1')]);
  assert.deepEqual(await headerOf(piecesOf(latin, 1000)), ['From: é'], 'what the body is written in does not matter');
});

test('octets that are no UTF-8 are shown as Latin-1; UTF-8 that was cut is not', () => {
  assert.deepEqual(previewOf(Buffer.from('\r\n\xe9\r\n', 'latin1'), false).text, ['é']);
  const cut = previewOf(Buffer.from('\r\né€').subarray(0, -1), true);
  assert.deepEqual([cut.text, cut.more], [['é'], true]);
});

test('a long message is cut, and says so', () => {
  const many = previewOf(Buffer.from(`${'A: b\r\n'.repeat(300)}\r\n${'x\r\n'.repeat(100)}`), false);
  assert.deepEqual([many.header.length, many.text.length, many.more], [200, 60, true]);
  const long = previewOf(Buffer.from(`\r\n${'y'.repeat(5000)}\r\n`), false);
  assert.equal(long.text[0]?.length, 1004);
});

function* piecesOf(octets: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size);
}
