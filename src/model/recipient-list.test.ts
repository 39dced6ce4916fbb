import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRecipientList } from './recipient-list.ts';

const of = (text: string) => parseRecipientList(text, 'xn--bcher-kva.example');

test('case, comments, empty lines, a byte order mark and the spelling of the domain count for nothing', () => {
  const { addresses, wrong } = of(
    '\ufeff# people\r\n\r\nAnn@B\u00fccher.example # since 2019\n  bob@xn--bcher-kva.example.\n"a b"@xn--bcher-kva.example\n"Eva"@xn--bcher-kva.example',
  );
  assert.deepEqual(wrong, []);
  assert.deepEqual([...addresses], ['ann@xn--bcher-kva.example', 'bob@xn--bcher-kva.example', '"a b"@xn--bcher-kva.example', 'eva@xn--bcher-kva.example']);
});

for (const [line, why] of [
  ['carl2', 'no domain'],
  ['"Emil" <emil@xn--bcher-kva.example>', 'a name in front'],
  ['a@xn--bcher-kva.example, b@xn--bcher-kva.example', 'two on a line'],
  ['a@xn--bcher-kva.example b@xn--bcher-kva.example', 'two on a line without a comma'],
  ['a@b@xn--bcher-kva.example', 'two at signs'],
  ['ann@other.example', 'another domain'],
  ['a..b@xn--bcher-kva.example', 'a slip'],
  ['@xn--bcher-kva.example', 'nobody'],
  ['m\ufffdller@xn--bcher-kva.example', 'another character set'],
  ['mail: ann@xn--bcher-kva.example', 'a line of a directory export'],
] as const)
  test(`${JSON.stringify(line)} is told by its number, not dropped: ${why}`, () => {
    const { addresses, wrong } = of(`# first\n${line}\nzoe@xn--bcher-kva.example`);
    assert.deepEqual(wrong, [2]);
    assert.deepEqual([...addresses], ['zoe@xn--bcher-kva.example']);
  });
