import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf } from './mailbox.ts';

const cases: readonly [localPart: string, expected: string, why: string][] = [
  ['alice', 'alice@x.example', 'an atom is written as it is'],
  ['a.b+c', 'a.b+c@x.example', 'so is a dot-atom'],
  ['jürgen', 'jürgen@x.example', 'UTF-8 needs no quotes (RFC 6531 3.3)'],
  ['a b', '"a b"@x.example', 'a space does'],
  ['user@dom', '"user@dom"@x.example', 'an @ inside must not be taken for the last one'],
  ['a"b', '"a\\"b"@x.example', 'quotes are escaped'],
  ['.a', '".a"@x.example', 'a leading dot is no dot-atom'],
];

for (const [localPart, expected, why] of cases)
  test(`${expected}: ${why}`, () => assert.equal(addressOf({ localPart, domain: 'x.example', text: '', sourceRoute: null }), expected));

test('the null sender is the empty text', () => assert.equal(addressOf(null), ''));
