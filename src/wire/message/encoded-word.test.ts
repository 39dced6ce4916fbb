import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWords } from './encoded-word.ts';

const cases: readonly [value: string, expected: string, why: string][] = [
  ['plain', 'plain', 'nothing to do'],
  ['=?iso-8859-1?Q?Gr=FC=DFe_an?= alle', 'Grüße an alle', 'Q, underscores are blanks'],
  ['=?utf-8?B?R3LDvMOfZQ==?=', 'Grüße', 'B'],
  ['=?utf-8?q?a?=  =?utf-8?q?b?=', 'ab', 'blanks between two words are not text'],
  ['=?utf-8?b?w7w=?= x =?utf-8?b?w7w=?=', 'ü x ü', 'blanks around words of text are'],
  ['=?utf-8?q?=C3?= =?utf-8?q?=BC?=', 'ü', 'a character cut between two words'],
  ['=?utf-8*de?q?ja?=', 'ja', 'RFC 2231: a language'],
  ['=?x-none?q?caf=E9?=', 'café', 'an unknown charset is taken for Windows-1252'],
  ['=?utf-8?q?two words?=', 'two words', 'a blank inside, as careless programs write it'],
  ['=?utf-8?q?open', '=?utf-8?q?open', 'what does not end is text'],
  ['=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=', '日本', 'Japanese'],
  ['gr\xc3\xbcn', 'grün', 'octets of UTF-8 without any marking'],
];
for (const [value, expected, why] of cases) test(`${value}: ${why}`, () => assert.equal(decodeWords(value), expected));
