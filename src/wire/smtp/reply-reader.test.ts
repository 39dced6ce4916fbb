import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everySplit } from '../../../test/harness/every-split.ts';
import type { Reply } from '../../model/reply.ts';
import { ReplyReader, type ReplyFault } from './reply-reader.ts';

type Read = Reply | ReplyFault;

function readAll(chunks: readonly Buffer[]): Read[] {
  const reader = new ReplyReader();
  const found: Read[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let read = reader.next(); read !== null; read = reader.next()) {
      found.push(read);
      if ('kind' in read) return found;
    }
  }
  return found;
}

const bad = (why: ReplyFault['why']): ReplyFault => ({ kind: 'bad', why });

const cases: readonly [stream: string, replies: readonly Read[], why: string][] = [
  ['250 2.1.0 Ok\r\n', [{ code: 250, enhanced: '2.1.0', lines: ['Ok'] }], 'one line'],
  ['250\r\n', [{ code: 250, enhanced: null, lines: [''] }], 'bare code'],
  ['250 2.0.0\r\n', [{ code: 250, enhanced: '2.0.0', lines: [''] }], 'no text behind the enhanced code'],
  ['334 \r\n', [{ code: 334, enhanced: null, lines: [''] }], 'empty text'],
  ['250-a\r\n250-SIZE 1\r\n250 b\r\n', [{ code: 250, enhanced: null, lines: ['a', 'SIZE 1', 'b'] }], 'several lines'],
  ['250-a\r\n250\r\n', [{ code: 250, enhanced: null, lines: ['a', ''] }], 'a bare code may be the last'],
  ['550-5.7.1 No\r\n550-because\r\n550 5.7.1 So\r\n', [{ code: 550, enhanced: '5.7.1', lines: ['No', 'because', 'So'] }], 'some lines lack the enhanced code'],
  ['250 4.4.4 x\r\n', [{ code: 250, enhanced: null, lines: ['4.4.4 x'] }], 'RFC 3463: a code of another class is text'],
  ['250 2.1.0.5 x\r\n', [{ code: 250, enhanced: null, lines: ['2.1.0.5 x'] }], 'four numbers are text'],
  [
    '250 ok\n250 ok\n',
    [
      { code: 250, enhanced: null, lines: ['ok'] },
      { code: 250, enhanced: null, lines: ['ok'] },
    ],
    'LF alone is tolerated from a hub',
  ],
  [
    '250 a\r\n354 b\r\n',
    [
      { code: 250, enhanced: null, lines: ['a'] },
      { code: 354, enhanced: null, lines: ['b'] },
    ],
    'pipelined',
  ],
  ['250 n\u00e9\r\n', [{ code: 250, enhanced: null, lines: ['n\ufffd'] }], 'octets that are no UTF-8 are shown as such'],
  ['250-a\r\n', [], 'not complete'],
  ['Hello\r\n', [bad('no-reply')], 'no code'],
  ['\r\n', [bad('no-reply')], 'an empty line'],
  ['25 x\r\n', [bad('no-reply')], 'two digits'],
  ['2500 x\r\n', [bad('no-reply')], 'four digits'],
  ['150 x\r\n', [bad('no-reply')], 'SMTP has no 1xx'],
  ['250x\r\n', [bad('no-reply')], 'no blank'],
  ['250-a\r\n550 b\r\n', [bad('codes-differ')], 'RFC 5321 4.2.1: nobody can tell which holds'],
];

for (const [stream, replies, why] of cases) {
  test(`${JSON.stringify(stream)}: ${why}`, () => {
    for (const chunks of everySplit(Buffer.from(stream, 'latin1'))) assert.deepEqual(readAll(chunks), replies);
  });
}

test('a line may have 4 KiB, and no octet more, whether its end has come or not', () => {
  const longest = `250 ${'x'.repeat(4096 - 6)}\r\n`;
  assert.equal(readAll([Buffer.from(longest)]).length, 1);
  assert.deepEqual(readAll([Buffer.from(`250 x${longest.slice(4)}`)]), [bad('line-too-long')]);
  assert.deepEqual(readAll([Buffer.alloc(4097, '2')]), [bad('line-too-long')]);
});

test('128 lines and 64 KiB are the most of a reply', () => {
  assert.equal(readAll([Buffer.from(`${'250-x\r\n'.repeat(127)}250 x\r\n`)]).length, 1);
  assert.deepEqual(readAll([Buffer.from('250-x\r\n'.repeat(129))]), [bad('too-many-lines')]);
  assert.deepEqual(readAll([Buffer.from(`250-${'x'.repeat(3994)}\r\n`.repeat(17))]), [bad('too-big')]);
});

test('after a fault nothing is kept and nothing is believed', () => {
  const reader = new ReplyReader();
  reader.push(Buffer.from('nonsense\r\n250 ok\r\n'));
  assert.deepEqual(reader.next(), bad('no-reply'));
  reader.push(Buffer.from('250 ok\r\n'));
  assert.deepEqual(reader.next(), bad('no-reply'));
  assert.equal(reader.buffered, 0);
});

test('buffered shows what a hub said beyond its answer: response injection before TLS', () => {
  const reader = new ReplyReader();
  reader.push(Buffer.from('220 go\r\n250 inj'));
  assert.ok(reader.next() !== null);
  assert.equal(reader.buffered, 7);
  reader.push(Buffer.from('ected\r\n250-part\r\n'));
  assert.ok(reader.next() !== null);
  assert.equal(reader.next(), null);
  assert.equal(reader.buffered, 10, 'whole lines of an unfinished reply count too');
});
