import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { many, message } from '../../test/harness/sightings.ts';
import { orgDomain, readScenario } from '../../test/harness/scenario.ts';
import { alarmKeyText } from '../model/alarm.ts';
import type { MessageTraits } from '../model/message-traits.ts';
import type { Sighting } from '../model/sighting.ts';
import { detectors } from './catalogue.ts';
import type { DetectorDefinition } from './detector.ts';
import { mailboxFlood } from './detectors/mailbox-flood.ts';
import { singleSourceBomb } from './detectors/single-source-bomb.ts';
import { stolenAccount } from './detectors/stolen-account.ts';
import { subscriptionBomb } from './detectors/subscription-bomb.ts';
import { createEngine, learnedBy, type Engine, type LearnedByDetector } from './engine.ts';

const context = { hashKey: { k0: 1, k1: 2 }, isOurDomain: (domain: string): boolean => domain === 'hub.example', orgDomain };
const fresh = (...definitions: readonly DetectorDefinition[]): Engine => createEngine({ definitions, options: {}, context });
/** As it comes back from a file. */
const written = (engine: Engine): LearnedByDetector => deserialize(serialize(learnedBy(engine.learners))) as LearnedByDetector;
const hear = (engine: Engine, sightings: readonly Sighting[]): readonly string[] =>
  sightings.flatMap((sighting) => engine.note(sighting)).map(({ level, key, count }) => `${level} ${alarmKeyText(key)} ${count}`);

function restarted(engine: Engine, definition: DetectorDefinition): Engine {
  const next = fresh(definition);
  next.takeUp(written(engine));
  return next;
}

const hour = 3600;
const day = 24 * hour;
const subscription: MessageTraits = { subscription: 5 };
const fromShops = (at: number, count: number): readonly Sighting[] =>
  many(count, (number) => message(at + number * 5, { from: `news@shop${number}.example`, traits: subscription }));
const friends = (at: number): readonly Sighting[] =>
  many(80, (number) =>
    message(at + number, { direction: 'out', user: 'anna', ip: '192.0.2.7', from: 'anna@hub.example', to: `c${number}@w${number}.example` }),
  );
/** One a minute for six days: the machine that watches the others. */
const watchman = (from: number, to: number, each: number): readonly Sighting[] =>
  many(Math.floor((to - from) / each), (number) => message(from + number * each, { from: 'watch@monitor.example', ip: '192.0.2.9' }));
/** The same, from slower than the eye can see. */
const spread = (at: number, count: number): readonly Sighting[] =>
  many(count, (number) => message(at + number * 1200, { from: `news@shop${number}.example`, traits: subscription }));

const stories: readonly [definition: DetectorDefinition, why: string, before: readonly Sighting[], after: readonly Sighting[], isAlarmWithout: boolean][] = [
  [
    subscriptionBomb,
    'who has written before does not write for the first time: sixty newsletters on one morning are no bomb',
    [message(-3 * day, { from: 'old@friend.example' }), ...spread(-2 * day, 60)],
    fromShops(0, 60),
    true,
  ],
  [
    mailboxFlood,
    'a habit of two a day is known after a restart: a hundred within minutes are seen, which a beginner would learn as a habit',
    many(20, (number) => message(-10 * day + number * 12 * hour)),
    many(150, (number) => message(number * 3)),
    false,
  ],
  [
    stolenAccount,
    'eighty old friends every day are no strangers',
    [7, 6, 5, 4, 3, 2].flatMap((ago) => friends(-ago * day).slice(0, ago === 7 ? 25 : 80)),
    friends(0),
    true,
  ],
  [singleSourceBomb, 'what a machine writes every two minutes is usual', watchman(-6 * day, 0, 120), watchman(60, 3 * hour, 60), true],
];
for (const [definition, why, before, after, isAlarmWithout] of stories)
  test(`${definition.id}, restarted, says what it would have said: ${why}`, () => {
    const running = fresh(definition);
    hear(running, before);
    const next = restarted(running, definition);
    const expected = hear(running, after);
    assert.deepEqual(hear(next, after), expected);
    const beginner = hear(fresh(definition), after);
    assert.equal(beginner.length > 0, isAlarmWithout, `a beginner says ${beginner.join()}`);
    assert.notDeepEqual(beginner, expected, 'what was learned makes the difference');
  });

/** What the order of a table does not change. */
function unordered(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return [...(value as Float64Array)].toSorted((one, other) => one - other);
  if (Array.isArray(value)) return value.map((each) => JSON.stringify(unordered(each))).toSorted();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, unordered(each)]));
}

test('of every detector what is written down is what is taken up, whatever it has seen', () => {
  const running = fresh(...detectors);
  for (const name of [
    'subscription-bomb',
    'stolen-account-in-a-log',
    'list-explosion',
    'double-bounces',
    'campaign',
    'backscatter-flood',
    'password-guessing',
    'spread-harvest',
  ])
    for (const { sighting } of readScenario(fileURLToPath(new URL(`../../fixtures/scenarios/${name}.jsonl`, import.meta.url))).sightings)
      running.note(sighting);
  const before = written(running);
  assert.equal(Object.keys(before).length, 13);
  const next = fresh(...detectors);
  next.takeUp(before);
  assert.deepEqual(unordered(written(next)), unordered(before));
});

test('what is of another version, of a detector that is off, or unknown is left; a fault in one is told and stops nobody', () => {
  const running = fresh(mailboxFlood, stolenAccount);
  hear(
    running,
    many(20, (number) => message(-10 * day + number * 12 * hour)),
  );
  const { 'mailbox-flood': kept } = written(running);
  assert.ok(kept !== undefined);
  const faults: string[] = [];
  const next = createEngine({ definitions: [mailboxFlood], options: {}, context, onFault: (id) => faults.push(id) });
  next.takeUp({ 'mailbox-flood': { ...kept, version: kept.version + 1 }, 'of-yesterday': kept });
  assert.deepEqual([next.size, faults], [0, []]);
  next.takeUp({ 'mailbox-flood': { ...kept, saved: { habits: null } } });
  assert.deepEqual(faults, ['mailbox-flood']);
  assert.deepEqual(next.note(message(0)), []);
});
