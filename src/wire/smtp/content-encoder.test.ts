import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { everySplit } from '../../../test/harness/every-split.ts';
import { ContentDecoder } from './content-decoder.ts';
import { ContentEncoder } from './content-encoder.ts';
import { endOfData, unstuff } from './dot-stuffing.ts';

interface Encoded {
  readonly wire: string;
  readonly bareLineEnds: number;
  readonly nulBytes: number;
  readonly longestLine: number;
}

function encode(chunks: readonly Buffer[]): Encoded {
  const encoder = new ContentEncoder();
  const parts = chunks.flatMap((chunk) => encoder.push(chunk).out);
  const wire = Buffer.concat([...parts, ...encoder.finish()]).toString('latin1');
  return { wire, bareLineEnds: encoder.bareLineEnds, nulBytes: encoder.nulBytes, longestLine: encoder.longestLine };
}

const octets = (text: string): Buffer => Buffer.from(text, 'latin1');
const encodeText = (text: string): Encoded => encode([octets(text)]);

/** Slow and obvious: cut into lines, treat each by its own. */
function reference(content: string): Encoded {
  const lines = [...content.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g)]
    .map(([whole, line = '', ending = '']) => ({ whole, line, ending }))
    .filter(({ whole }) => whole !== '');
  return {
    wire: lines.map(({ line }) => `${/^\0*\./.test(line) ? '.' : ''}${line}\r\n`).join(''),
    bareLineEnds: lines.filter(({ ending }) => ending === '\r' || ending === '\n').length,
    nulBytes: content.split('\0').length - 1,
    longestLine: Math.max(0, ...lines.map(({ line }) => line.length)),
  };
}

function* texts(alphabet: string, longest: number): Generator<string, void> {
  let row = [''];
  for (let length = 0; length <= longest; length++) {
    yield* row;
    row = row.flatMap((text) => Array.from(alphabet, (character) => text + character));
  }
}

const cases: readonly [content: string, wire: string, why: string][] = [
  ['', '', 'BDAT 0 LAST alone is an empty message'],
  ['a', 'a\r\n', 'wire form ends with CRLF, counted content need not'],
  ['a\r\n.\r\nb\r\n', 'a\r\n..\r\nb\r\n', 'what would end DATA is a line of one dot here'],
  ['..\r\n', '...\r\n', 'nothing was stuffed, so nothing is deleted'],
  ['.', '..\r\n', 'also in the first line, and without a line end'],
  ['a\n.b\r.c', 'a\r\n..b\r\n..c\r\n', 'lines of our making begin like others'],
  ['\0.\r\n', '.\0.\r\n', 'who drops NULs must not find a lone dot'],
  ['\0\r\n', '\0\r\n', 'without NULs a lone stuffing dot would be the end'],
  ['a\r', 'a\r\n', 'a CR at the very end is a line end'],
];

for (const [content, wire, why] of cases) {
  test(`${JSON.stringify(content)} becomes ${JSON.stringify(wire)}: ${why}`, () => assert.equal(encodeText(content).wire, wire));
}

test('as the slow reference says, for every text of up to seven of these octets', () => {
  for (const text of texts('\r\n.\0a', 7)) assert.deepEqual(encodeText(text), reference(text), JSON.stringify(text));
});

test('where the content is cut makes no difference, for every text of up to five of these octets', () => {
  for (const text of texts('\r\n.\0a', 5))
    for (const chunks of everySplit(octets(text))) assert.deepEqual(encode(chunks), reference(text), JSON.stringify([text, chunks.length]));
});

test('no receiver, whatever it takes for a line end and whatever it drops, finds an end of data in it', () => {
  const ends = ['\r\n.\r\n', '\n.\n', '\r.\r', '\n.\r\n', '\r\n.\n', '\r.\n', '\r.\r\n'];
  for (const text of texts('\r\n.\0a', 6)) {
    const { wire } = encodeText(text);
    for (const seen of [wire, wire.replaceAll('\0', '')]) assert.ok(!ends.some((end) => `\r\n${seen}`.includes(end)), JSON.stringify([text, wire]));
  }
});

test('clean content comes back from a reader of the standard octet for octet, and our own decoder passes it unchanged', () => {
  const piece = fc.constantFrom('.', '..', 'a', '\r\n', '\r\n.\r\n', '\0', '\u00f6', '\t', 'QUIT\r\n');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (pieces, step) => {
      const content = octets(`${pieces.join('')}\r\n`);
      const chunks = Array.from({ length: Math.ceil(content.length / step) }, (_, i) => content.subarray(i * step, (i + 1) * step));
      const { wire, bareLineEnds } = encode(chunks);
      assert.equal(bareLineEnds, 0);
      assert.equal(Buffer.concat([...unstuff([octets(wire)])]).toString('latin1'), content.toString('latin1'));
      const decoded = new ContentDecoder({ lineEnds: 'reject' }).push(Buffer.concat([octets(wire), endOfData]));
      assert.equal(decoded.done, true);
      assert.equal(Buffer.concat(decoded.out).toString('latin1'), wire);
    }),
  );
});

test('clean content is given out in slices of what came, without copies', () => {
  const chunk = octets('Subject: x\r\n\r\nline\r\n');
  const { out } = new ContentEncoder().push(chunk);
  assert.ok(out.every((part) => part.buffer === chunk.buffer));
  assert.equal(out.length, 1);
});

test('a line of a million NULs is counted, not kept', () => {
  const encoder = new ContentEncoder();
  let given = 0;
  for (let i = 0; i < 100; i++) given += encoder.push(Buffer.alloc(10_000)).out.length;
  assert.equal(given, 0);
  const out = encoder.push(octets('.\r\n')).out;
  assert.equal(Buffer.concat(out).length, 1 + 1_000_000 + 3);
});
