import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContentType } from './content-type.ts';

const cases: readonly [value: string, type: string, parameters: Record<string, string>, why: string][] = [
  ['Text/Plain; charset=UTF-8', 'text/plain', { charset: 'UTF-8' }, 'the plain case'],
  ['multipart/mixed; boundary="a;b"', 'multipart/mixed', { boundary: 'a;b' }, 'a semicolon in quotes'],
  ['multipart/mixed; boundary="a\\"b"', 'multipart/mixed', { boundary: 'a"b' }, 'a quoted quote'],
  ['text/plain charset=x', 'text/plain', { charset: 'x' }, 'no semicolon'],
  ['text/plain; boundary="open', 'text/plain', { boundary: 'open' }, 'a quote that does not end'],
  ["a/b; name*=utf-8'de'%C3%BC", 'a/b', { name: 'ü' }, 'RFC 2231: charset'],
  ["a/b; name*0*=utf-8''%C3; name*1*=%BC; name*2=.txt", 'a/b', { name: 'ü.txt' }, 'RFC 2231: in pieces'],
  ['a/b; x=1; x=2', 'a/b', { x: '1' }, 'the first counts'],
  ['nonsense', '', {}, 'no type'],
];
for (const [value, type, parameters, why] of cases)
  test(`${value}: ${why}`, () => {
    const parsed = parseContentType(value);
    assert.deepEqual([parsed.type, Object.fromEntries(parsed.parameters)], [type, parameters]);
  });

test('no more parameters than forty are kept', () => {
  const value = `a/b; ${Array.from({ length: 500 }, (_, index) => `p${index}=1`).join('; ')}`;
  assert.ok(parseContentType(value).parameters.size <= 40);
});
