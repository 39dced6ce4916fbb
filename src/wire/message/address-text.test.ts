import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressesIn, firstAddress, tidyAddress } from './address-text.ts';

const cases: readonly [text: string, expected: string[], why: string][] = [
  ['<a@b.example>: no', ['a@b.example'], 'in brackets'],
  ['RCPT TO:<a+tag@B.Example>', ['a+tag@b.example'], 'the domain in lower case'],
  ['a@b.example, c@d.example.', ['a@b.example', 'c@d.example'], 'several, with a full stop'],
  ['"x y"@b.example', ['"x y"@b.example'], 'a quoted local part'],
  ["'a@b.example'", ['a@b.example'], 'apostrophes around'],
  ['宛先a@b.exampleへ', ['a@b.example'], 'words of a script without blanks around'],
  ['jörg@bücher.example', ['jörg@bücher.example'], 'letters beyond ASCII are letters'],
  ['a\u2028@b.example', [], 'a line separator is no letter'],
  ['@b.example a@ @ a@.x a@b..c', [], 'no addresses'],
  ['@relay.example:a@b.example', ['a@b.example'], 'a source route'],
  ['<a@[192.0.2.7]>: no', ['a@[192.0.2.7]'], 'RFC 5321 4.1.3: an address literal'],
  ['a@[IPv6:2001:db8::7], b@c.example', ['a@[ipv6:2001:db8::7]', 'b@c.example'], 'an address literal of IPv6'],
  ['a@[not closed', [], 'a bracket without an end'],
];
for (const [text, expected, why] of cases)
  test(`${text}: ${why}`, () =>
    assert.deepEqual(
      addressesIn(text).map(({ address }) => address),
      expected,
    ));

test('a line of at signs takes no longer than its length, and gives no more than asked', () => {
  assert.equal(addressesIn('a@b.c '.repeat(10_000), 7).length, 7);
  assert.equal(addressesIn('@'.repeat(100_000)).length, 0);
});

test('the address of a field is the one in brackets', () => {
  assert.equal(firstAddress('"x@y.example" <a@b.example>'), 'a@b.example');
  assert.equal(firstAddress('a@b.example (A)'), 'a@b.example');
  assert.equal(firstAddress('Postmaster <>'), null);
});

test('the local part keeps its case, RFC 5321 2.4', () => assert.equal(tidyAddress('A.b@C.Example'), 'A.b@c.example'));
