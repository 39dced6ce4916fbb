import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everySplit } from '../../../test/harness/every-split.ts';
import { LineReader, type LineResult } from './line-reader.ts';

const MAX = 12;

function readAll(chunks: readonly Buffer[], maxBytes = MAX): Exclude<LineResult, null>[] {
  const reader = new LineReader(maxBytes);
  const results: Exclude<LineResult, null>[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let result = reader.next(); result !== null; result = reader.next()) results.push(result);
  }
  return results;
}

const short = (result: Exclude<LineResult, null>): string => (result.kind === 'line' ? result.line : result.kind === 'bad' ? `!${result.why}` : '!too-long');

const cases: readonly [input: string, results: readonly string[], why: string][] = [
  ['NOOP\r\nQUIT\r\n', ['NOOP', 'QUIT'], 'pipelined commands'],
  ['\r\n\r\n', ['', ''], 'empty lines are lines'],
  ['NOOP', [], 'no line yet'],
  ['NOOP\r', [], 'half a line end is none'],
  ['NOOP\nMAIL\r\nQUIT\r\n', ['!bare-lf', 'QUIT'], 'nothing behind a bare LF is taken for a command'],
  ['NOOP\rMAIL\r\nQUIT\r\n', ['!bare-cr', 'QUIT'], 'nor behind a bare CR'],
  ['NOOP\r\r\nQUIT\r\n', ['!bare-cr', 'QUIT'], 'CR CR LF is no line end'],
  ['A\0B\r\nQUIT\r\n', ['!nul', 'QUIT'], 'NUL'],
  ['1234567890\r\nQUIT\r\n', ['1234567890', 'QUIT'], 'exactly the limit, CRLF included'],
  ['12345678901\r\nQUIT\r\n', ['!too-long', 'QUIT'], 'one octet more'],
  ['123456789012\r\nQUIT\r\n', ['!too-long', 'QUIT'], 'two more'],
  ['1234567890123456\nMAIL\rX\r\nQUIT\r\n', ['!too-long', 'QUIT'], 'told once, and skipped to CRLF, whatever else is in it'],
  ['12345678901\n', ['!bare-lf'], 'a bare LF within the limit comes before the limit'],
  ['123456789012\n\r\nQUIT\r\n', ['!too-long', 'QUIT'], 'behind it, after'],
  ['\n\r\n\r\n', ['!bare-lf', ''], 'the CRLF that ends what is skipped is no empty line'],
];

for (const [input, results, why] of cases) {
  test(`${JSON.stringify(input)}: ${why}`, () => {
    for (const chunks of everySplit(Buffer.from(input, 'latin1')))
      assert.deepEqual(readAll(chunks).map(short), results, chunks.map((chunk) => JSON.stringify(String(chunk))).join());
  });
}

test('every input of up to 7 octets gives the same in every split, and as many line ends as it has', () => {
  let row = [''];
  for (let length = 1; length <= 7; length++) {
    row = row.flatMap((text) => ['\r', '\n', 'a', '\0'].map((character) => text + character));
    for (const text of row) {
      const whole = readAll([Buffer.from(text)], 4)
        .map(short)
        .join();
      for (let at = 1; at < length; at++) {
        const cut = readAll([Buffer.from(text.slice(0, at)), Buffer.from(text.slice(at))], 4)
          .map(short)
          .join();
        if (cut !== whole) assert.fail(`${JSON.stringify([text.slice(0, at), text.slice(at)])}: ${cut}, whole ${whole}`);
      }
    }
  }
});

test('UTF-8 is decoded over any cut, and what is not UTF-8 is bad', () => {
  for (const chunks of everySplit(Buffer.from('né\ufffd€\r\n'))) assert.deepEqual(readAll(chunks), [{ kind: 'line', line: 'né\ufffd€', bytes: 11 }]);
  for (const octets of [[0xe9], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
    assert.deepEqual(readAll([Buffer.from([...octets, 13, 10])]).map(short), ['!not-utf8'], String(octets));
  }
});

test('an AUTH exchange raises the limit, also with part of the line already here', () => {
  const reader = new LineReader(MAX);
  reader.push(Buffer.from('12345'));
  assert.equal(reader.next(), null);
  reader.maxBytes = 40;
  reader.push(Buffer.from(`${'x'.repeat(20)}\r\n`));
  assert.equal(reader.next()?.kind, 'line');
});

test('the rest is handed over for content, and nothing stays', () => {
  const reader = new LineReader(MAX);
  reader.push(Buffer.from('DATA\r\nSubj'));
  reader.push(Buffer.from('ect: x\n'));
  assert.equal(reader.next()?.kind, 'line');
  assert.equal(reader.buffered, 11);
  assert.equal(reader.takeRest().toString(), 'Subject: x\n');
  assert.equal(reader.buffered, 0);
  assert.equal(reader.takeRest().length, 0);
  reader.push(Buffer.from('QUIT\r\n'));
  assert.deepEqual(reader.next(), { kind: 'line', line: 'QUIT', bytes: 6 });
});

test('an endless line holds no memory', () => {
  const reader = new LineReader(MAX);
  const results: LineResult[] = [];
  for (let round = 0; round < 1000; round++) {
    reader.push(Buffer.alloc(10_000, 'x'));
    results.push(reader.next());
    assert.ok(reader.buffered < MAX);
  }
  assert.equal(results.filter((result) => result !== null).length, 1, 'told once');
});

test('10,000 connections with half a command each do not keep the chunks it came in', () => {
  const readers = Array.from({ length: 10_000 }, () => {
    const reader = new LineReader(2048);
    // As a socket gives it: a small part of a large allocation.
    const chunk = Buffer.allocUnsafeSlow(65_536).subarray(0, 10);
    chunk.write('NOOP\r\nQUIT');
    reader.push(chunk);
    assert.equal(reader.next()?.kind, 'line');
    assert.equal(reader.next(), null);
    return reader;
  });
  assert.equal(
    readers.every((reader) => reader.buffered === 4),
    true,
  );
  assert.ok(readers.every((reader) => reader.takeRest().buffer.byteLength <= 1024));
});
