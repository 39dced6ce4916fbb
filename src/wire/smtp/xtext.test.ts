import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeXtext, encodeXtext } from './xtext.ts';

test('any text comes back, and its encoding is printable ASCII without blank and =', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const encoded = encodeXtext(text);
      assert.match(encoded, /^[!-<>-~]*$/);
      assert.equal(decodeXtext(encoded), text);
    }),
  );
});

const cases: readonly [xtext: string, text: string | null, why: string][] = [
  ['e+3Dmc2@example.com', 'e=mc2@example.com', 'the example of RFC 4954 5'],
  ['+3C+3E', '<>', 'the null sender'],
  ['+3c', '<', 'lower-case hexadecimal is tolerated'],
  ['a+0D+0Ab', 'a\r\nb', 'decoding does not judge; whoever uses the value must'],
  ['a=b', null, '= must be encoded'],
  ['a b', null, 'so must the blank'],
  ['+4', null, 'cut off'],
  ['+', null, 'a plus alone'],
  ['+GG', null, 'no hexadecimal'],
  ['ä', null, 'beyond ASCII'],
  ['+FF', null, 'octets that are no UTF-8'],
];

for (const [xtext, text, why] of cases) {
  test(`${xtext}: ${why}`, () => assert.equal(decodeXtext(xtext), text));
}
