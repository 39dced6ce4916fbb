import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../config/options.ts';
import type { EventBody } from '../model/events.ts';
import type { GaugeSighting } from '../model/sighting.ts';
import { createDiskFold, nextLevel, type DiskRoom } from './disk-guard.ts';

const thresholds = [1000, 500, 250, 100] as const;

const cases: readonly [before: 0 | 1 | 2 | 3 | 4, free: number, after: number, why: string][] = [
  [0, 2000, 0, 'enough'],
  [0, 999, 1, 'debug lines go first'],
  [0, 200, 3, 'it rises at once, over several levels'],
  [0, 50, 4, 'new content is put off'],
  [2, 520, 2, 'a little more than asked for is no reason to change back'],
  [2, 551, 1, 'a tenth more is'],
  [4, 5000, 0, 'all of it back when there is room'],
];
for (const [before, free, after, why] of cases)
  test(`level ${before} with ${free} bytes free is ${after}: ${why}`, () => assert.equal(nextLevel(before, free, thresholds), after));

test('thresholds in an odd order: the sternest that is passed holds', () => assert.equal(nextLevel(0, 600, [500, 1000, 250, 100]), 2));

function rig(rooms: (DiskRoom | null)[]) {
  const done: string[] = [];
  const sightings: GaugeSighting[] = [];
  const events: EventBody[] = [];
  let at = 0;
  const config = { state: '/state', disk: { debugLog: 1000, chatter: 500, oldJournal: 250, keepJournal: 86_400_000 }, limits: { freeDisk: 100 } };
  const fold = createDiskFold({
    config: () => config as Config,
    journal: { spare: (on) => void done.push(`spare ${on}`), giveUpOldest: (before) => (done.push(`give up before ${before}`), Promise.resolve(10)) },
    record: (body) => void events.push(body),
    note: (sighting) => void sightings.push(sighting),
    mayDebug: (may) => void done.push(`debug ${may}`),
    now: () => 86_400_000 * 2 + at,
    room: () => rooms.shift() ?? null,
  });
  return { fold, done, sightings, events, later: (ms: number) => void (at += ms) };
}

test('what is given up follows the order: debug lines, chatty events, old journal; a day of it stays', async () => {
  const { fold, done, events } = rig([
    { free: 900, total: 10_000 },
    { free: 400, total: 10_000 },
    { free: 200, total: 10_000 },
    { free: 9000, total: 10_000 },
  ]);
  await fold.look();
  assert.deepEqual(done.splice(0), ['debug false', 'spare false']);
  await fold.look();
  assert.deepEqual(done.splice(0), ['debug false', 'spare true']);
  await fold.look();
  assert.deepEqual(done.splice(0), ['debug false', 'spare true', 'give up before 86400000']);
  await fold.look();
  assert.deepEqual(done.splice(0), ['debug true', 'spare false']);
  assert.deepEqual(
    events.map((event) => event.type === 'disk-space' && [event.before, event.level, event.share]),
    [
      [0, 1, 0.09],
      [1, 2, 0.04],
      [2, 3, 0.02],
      [3, 0, 0.9],
    ],
  );
});

test('detectors hear of the room once a minute, and at once when the level changes', async () => {
  const room = { free: 5000, total: 10_000 };
  const { fold, sightings, later } = rig([room, room, { free: 400, total: 10_000 }, room]);
  await fold.look();
  await fold.look();
  assert.deepEqual(
    sightings.splice(0).map(({ name, value }) => [name, value]),
    [
      ['disk-free', 5000],
      ['disk-free-share', 0.5],
      ['disk-level', 0],
    ],
  );
  await fold.look();
  assert.deepEqual(
    sightings.splice(0).map(({ value }) => value),
    [400, 0.04, 2],
  );
  later(60_000);
  await fold.look();
  assert.equal(sightings.length, 3);
});

test('a file system that does not tell changes nothing', async () => {
  const { fold, done, events } = rig([null]);
  await fold.look();
  assert.deepEqual([done, events, fold.room()], [[], [], null]);
});
