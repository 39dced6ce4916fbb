import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minHashBands, sharedBands } from './min-hash.ts';
import { seededRandom } from './seeded-random.ts';

const key = { k0: 1, k1: 2 };

function textOf(length: number, seed: number): string[] {
  const random = seededRandom(seed);
  return Array.from({ length }, () => `word${Math.floor(random() * 2000)}`);
}

const bandsOf = (words: readonly string[]): readonly number[] => minHashBands(words, key) ?? [];
const changed = (words: readonly string[], places: readonly number[]): string[] => words.map((word, at) => (places.includes(at) ? 'other' : word));

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
  assert.equal(minHashBands(textOf(29, 1), key), null);
  assert.equal(minHashBands(textOf(30, 1), key)?.length, 8);
});

test('without the key the bands cannot be foretold', () => {
  assert.equal(sharedBands(bandsOf(textOf(300, 1)), minHashBands(textOf(300, 1), { k0: 9, k1: 9 }) ?? []), 0);
});
