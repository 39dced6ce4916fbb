import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedBands, textPrint } from './min-hash.ts';
import { seededRandom } from './seeded-random.ts';

const key = { k0: 1, k1: 2 };

/** A word of letters for a number. */
const word = (number: number): string =>
  `w${String(number)
    .split('')
    .map((digit) => 'abcdefghij'[Number(digit)])
    .join('')}`;

function textOf(length: number, seed: number): string[] {
  const random = seededRandom(seed);
  return Array.from({ length }, () => word(Math.floor(random() * 2000)));
}

const printOf = (words: readonly string[], hashKey = key) => textPrint(words.join(' '), hashKey);
const bandsOf = (words: readonly string[]): readonly number[] => printOf(words)?.bands ?? [];
const changed = (words: readonly string[], places: readonly number[]): string[] => words.map((each, at) => (places.includes(at) ? 'other' : each));

test('the same text shares all bands, a different one none', () => {
  assert.equal(sharedBands(bandsOf(textOf(300, 1)), bandsOf(textOf(300, 1))), 8);
  assert.equal(sharedBands(bandsOf(textOf(300, 1)), bandsOf(textOf(300, 2))), 0);
});

test('a text with another name and link in it is found as a copy nearly always', () => {
  const found = Array.from({ length: 100 }, (_, seed) => {
    const words = textOf(400, seed);
    return sharedBands(bandsOf(words), bandsOf(changed(words, [3, 200]))) > 0;
  }).filter(Boolean);
  assert.ok(found.length >= 95, `${found.length} of 100`);
});

test('texts that share half their words in a row are hardly ever taken for copies', () => {
  const found = Array.from({ length: 100 }, (_, seed) => {
    const words = textOf(300, seed);
    return sharedBands(bandsOf(words), bandsOf([...words.slice(0, 200), ...textOf(100, seed + 1000)])) > 0;
  }).filter(Boolean);
  assert.ok(found.length <= 20, `${found.length} of 100`);
});

test('a short text has no bands: one line with a link is like any other', () => {
  assert.equal(printOf(textOf(29, 1))?.bands, null);
  assert.equal(printOf(textOf(30, 1))?.bands?.length, 8);
  assert.equal(textPrint(' 12 -- ', key), null, 'no words, no print');
});

test('the hash is that of the words in their order: case, numbers, blanks and marks do not change it', () => {
  const hash = textPrint('Your code is 123: use it!', key)?.hash;
  assert.match(hash ?? '', /^[0-9a-f]{16}$/);
  assert.equal(textPrint('your  CODE is 99871 -- use it', key)?.hash, hash);
  assert.notEqual(textPrint('your code it is use', key)?.hash, hash);
});

test('a script without blanks is compared as well', () => {
  const text = 'このメールはご登録いただいたお客様にお送りしております。心当たりのない場合は破棄してください。';
  const other = `${text.slice(0, 8)}皆様${text.slice(8)}`;
  assert.equal(textPrint(text, key)?.bands?.length, 8);
  assert.notEqual(textPrint(text, key)?.hash, textPrint(other, key)?.hash);
});

test('without the key the print cannot be foretold', () => {
  const other = printOf(textOf(300, 1), { k0: 9, k1: 9 });
  assert.equal(sharedBands(bandsOf(textOf(300, 1)), other?.bands ?? []), 0);
  assert.notEqual(printOf(textOf(300, 1))?.hash, other?.hash);
});
