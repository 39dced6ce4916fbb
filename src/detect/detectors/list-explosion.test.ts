import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message } from '../../../test/harness/sightings.ts';
import type { Sighting } from '../../model/sighting.ts';
import { listExplosion } from './list-explosion.ts';

const posts = (count: number, readers: number, every: number, given: Parameters<typeof message>[1] = { traits: { listId: 'l.example' } }): Sighting[] =>
  many(count * readers, (number) => {
    const post = Math.floor(number / readers);
    return message(post * every, { from: 'l-bounces@lists.example', to: `u${number % readers}@hub.example`, messageId: `<${post}@l>`, ...given });
  });

test('forty posts within minutes to thirty are an explosion', () => {
  assert.deepEqual(hear(listExplosion, posts(40, 30, 5)).alarms.at(-1)?.key, { thread: 'l.example' });
  assert.ok(hear(listExplosion, posts(40, 30, 5)).levels.includes('alert'));
});

test('a list without a List-Id is known by its sender', () => {
  assert.deepEqual(hear(listExplosion, posts(40, 30, 5, {})).alarms.at(-1)?.key, { thread: 'l-bounces@lists.example' });
});

test('one post to ten thousand is a large list', () => assert.deepEqual(hear(listExplosion, posts(1, 10_000, 5)).levels, []));
test('forty posts to three are watched at most', () => assert.equal(hear(listExplosion, posts(40, 3, 5)).levels.includes('alert'), false));
test("people's mail is no list", () => assert.deepEqual(hear(listExplosion, posts(40, 30, 5, { from: 'ben@firm.example' })).levels, []));
