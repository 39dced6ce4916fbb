import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { message } from '../../test/harness/sightings.ts';
import { until } from '../../test/harness/until.ts';
import { learnedBy } from '../detect/engine.ts';
import { startDetection } from './detection.ts';
import { openLearned, type LearnedInForceParts, type LearnedState, type LiveLearned } from './learned-in-force.ts';

const dayMs = 86_400_000;
const saved = { since: 5, habits: { keys: ['ann@hub.example'], numbers: Float64Array.of(1, 2, 3) } };
const live: LiveLearned = { hashKey: { k0: 7, k1: -8 }, learners: new Map([['mailbox-flood', { version: 1, save: () => saved, load: () => {} }]]) };
const state: LearnedState = { hashKey: live.hashKey, detectors: { 'mailbox-flood': { version: 1, saved } } };

function placeOf(t: TestContext) {
  const dir = scratchDirectory(t, 'learned');
  const told: string[] = [];
  const open = (changes: Partial<LearnedInForceParts> = {}) => openLearned({ dir, trouble: (why) => void told.push(why), now: () => 10 * dayMs, ...changes });
  const save = async (changes: Partial<LearnedInForceParts> = {}): Promise<void> => {
    const learned = await open(changes);
    learned.keep(() => live);
    await learned.close();
  };
  return { file: join(dir, 'learned'), told, open, save };
}

test('what was learned is there after a restart, for our user alone', async (t) => {
  const { file, told, open, save } = placeOf(t);
  assert.equal((await open()).earlier, null);
  await save();
  assert.deepEqual((await open({ now: () => 12 * dayMs })).earlier, state);
  assert.deepEqual([told, statSync(file).mode & 0o777, existsSync(`${file}.new`)], [[], 0o600, false]);
});

test('it is written now and then, so that a crash forgets little', async (t) => {
  const { file, open } = placeOf(t);
  const learned = await open({ saveEveryMs: 5 });
  learned.keep(() => live);
  await until('the file', () => existsSync(file));
  await learned.close();
});

const untaken: readonly [why: string, spoil: (file: string) => void, now: number, told: RegExp][] = [
  ['half of it', (file) => writeFileSync(file, readFileSync(file).subarray(0, 60)), 10 * dayMs, /damaged or of another version: detectors learn anew/],
  [
    'one bit changed',
    (file) =>
      writeFileSync(
        file,
        readFileSync(file).map((octet, at) => (at === 30 ? octet ^ 1 : octet)),
      ),
    10 * dayMs,
    /damaged/,
  ],
  ['an empty file', (file) => writeFileSync(file, ''), 10 * dayMs, /damaged/],
  ['it is older than a week', () => {}, 17 * dayMs + 1, /more than a week ago: detectors learn anew/],
  ['it is of a time to come: somebody has turned the clock', () => {}, 9 * dayMs, /still to come/],
];
for (const [why, spoil, now, said] of untaken)
  test(`nothing is taken up, which is told, and the gateway starts: ${why}`, async (t) => {
    const { file, told, open, save } = placeOf(t);
    await save();
    spoil(file);
    assert.equal((await open({ now: () => now })).earlier, null);
    assert.match(told.join(), said);
    await save({ now: () => now });
    assert.deepEqual((await open({ now: () => now })).earlier, state, 'and it is written anew');
  });

test('what cannot be gathered or written is told, and ends nothing', async (t) => {
  const { told, open } = placeOf(t);
  const learned = await open();
  learned.keep(() => {
    throw new Error('a fault of a detector');
  });
  await learned.close();
  assert.match(told.join(), /cannot be written: Error: a fault of a detector/);
});

test('detectors take up what those before them have learned, under the key they hashed it with', async (t) => {
  const { open } = placeOf(t);
  const start = (earlier: LearnedState | null) => {
    const detection = startDetection({
      config: configOf({ site: { hostname: 'mx.hub.example', domains: ['hub.example'], postmaster: 'postmaster@hub.example' } }),
      incidents: { raise: () => assert.fail('nothing is wrong'), calm: () => undefined },
      record: () => undefined,
      alarmed: () => undefined,
      seen: () => undefined,
      now: () => 0,
      earlier,
    });
    t.after(() => detection.stop());
    return detection;
  };
  const first = start(null);
  for (let hour = 0; hour < 5; hour++) first.note(message(hour * 3600));
  const learned = await open();
  learned.keep(() => first.learned());
  await learned.close();
  const second = start((await open()).earlier);
  assert.deepEqual(learnedBy(second.learned().learners), learnedBy(first.learned().learners));
  assert.ok((second.sizes()['mailbox-flood'] ?? 0) > 0);
  assert.notDeepEqual(start(null).learned().hashKey, first.learned().hashKey, 'a beginner has a key of his own');
});
