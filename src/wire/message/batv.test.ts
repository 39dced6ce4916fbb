import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTagOf, tagOf, withTag } from './batv.ts';

const key = { digit: 3, key: Buffer.alloc(32, 5) };
const day = 20_778;
const address = withTag(key, 'Anna', 'hub.example', day);
const found = tagOf(address);

test('a tag has the form of the draft, and the address is found behind it', () => {
  assert.match(address, /^prvs=3785[0-9a-f]{6}=Anna$/);
  assert.equal(found?.localPart, 'Anna');
});

for (const [given, expected, why] of [
  [{ day: day + 7 }, true, 'a week later it holds'],
  [{ day: day + 8 }, false, 'after that it is too old'],
  [{ day: day - 1 }, false, 'it never held longer than a week'],
  [{ domain: 'other.example' }, false, 'it is of one domain'],
  [{ digit: 4 }, false, 'of one key'],
  [{ localPart: 'bert' }, false, 'and of one address'],
  [{ localPart: 'anna' }, true, 'whose case the world changes'],
] as const)
  test(why, () => {
    assert.ok(found !== null);
    const about = { digit: 3, domain: 'hub.example', day, localPart: found.localPart, ...given };
    assert.equal(isTagOf({ ...key, digit: about.digit }, { ...found, localPart: about.localPart }, about.domain, about.day), expected);
  });

test('the days go round at a thousand', () => {
  const late = tagOf(withTag(key, 'anna', 'hub.example', 20_996));
  assert.ok(late !== null && isTagOf(key, late, 'hub.example', 21_002));
});

test('a tagged address is not tagged again, and a long one not at all', () => {
  assert.equal(withTag(key, address, 'hub.example', day), address);
  assert.equal(withTag(key, 'a'.repeat(60), 'hub.example', day), 'a'.repeat(60));
});

for (const text of ['anna', 'prvs=anna', 'prvs=12345=anna', 'prvs=3785zzzzzz=anna', 'prvs=3785abcdef='])
  test(`${text} has no tag`, () => assert.equal(tagOf(text), null));
