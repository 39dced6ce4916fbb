import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { everySplit } from '../../../test/harness/every-split.ts';
import { ContentDecoder } from './content-decoder.ts';
import { endOfData, stuff, unstuff, unstuffAsync } from './dot-stuffing.ts';

const cases: readonly [content: string, wire: string, why: string][] = [
  ['', '', 'nothing is nothing'],
  ['.', '..\r\n', 'a lone dot must not end the data'],
  ['a\n.b\n', 'a\r\n..b\r\n', 'LF becomes CRLF, and the dot behind it is at a line start'],
  ['a\r.b', 'a\r\n..b\r\n', 'so does CR'],
  ['a.b\r\n', 'a.b\r\n', 'a dot elsewhere is only a dot'],
  ['ä\r\n', 'ä\r\n', 'text is sent as UTF-8'],
];

for (const [content, wire, why] of cases) {
  test(`${JSON.stringify(content)}: ${why}`, () => assert.equal(stuff(content).toString(), wire));
}

test('wire form gives the content back, in every split', () => {
  const wire = Buffer.from('..a\r\n...\r\n..\r\nb.\r\n\r\n.c\r\n');
  for (const chunks of everySplit(wire)) assert.equal(Buffer.concat([...unstuff(chunks)]).toString(), '.a\r\n..\r\n.\r\nb.\r\n\r\nc\r\n');
});

test('from a file it is the same', async () => {
  const parts: Buffer[] = [];
  for await (const part of unstuffAsync([Buffer.from('..a\r'), Buffer.from('\n..b\r\n')])) parts.push(part);
  assert.equal(Buffer.concat(parts).toString(), '.a\r\n.b\r\n');
});

test('what we stuff passes our own decoder unchanged, and unstuffs to itself', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('.', '..', 'a', '\r\n', 'ö', '\t'), { maxLength: 20 }), (parts) => {
      const content = `${parts.join('')}\r\n`;
      const wire = stuff(content);
      const step = new ContentDecoder({ lineEnds: 'reject' }).push(Buffer.concat([wire, endOfData]));
      assert.equal(step.done, true);
      assert.deepEqual(Buffer.concat(step.out), wire);
      assert.equal(Buffer.concat([...unstuff([wire])]).toString(), content);
    }),
  );
});
