import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import type { LoadLevel } from '../lib/load-level.ts';
import type { EventBody } from '../model/events.ts';
import { isReplyDelayed, signalsOf, type DoorSample, type Sample } from './load-signals.ts';
import { createLoadFold } from './load-watch.ts';

const idle: DoorSample = { lagMs: 1, loopShare: 0.1, standing: 0, hubs: [{ busy: 1, waiting: 0 }] };
const sampleOf = (changes: Partial<Omit<Sample, 'doors'>> = {}, ...doors: readonly Partial<DoorSample>[]): Sample => ({
  doors: new Map((doors.length === 0 ? [{}] : doors).map((door, number) => [number, { ...idle, ...door }])),
  sessions: 0.1,
  memory: 0.3,
  systemLoad: 0.5,
  ...changes,
});
const doorsOf = (samples: readonly Partial<DoorSample>[]): Sample[] => samples.map((door) => sampleOf({}, door));
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test('a loop that is late and busy for three of five seconds is late', () => {
  const late = { lagMs: 90, loopShare: 0.9 };
  assert.equal(signalsOf(doorsOf([idle, idle, late, late, late])).eventLoopLag, 90);
  assert.equal(
    signalsOf(doorsOf([{ ...idle, loopShare: 0.9 }, { ...idle, loopShare: 0.9 }, { ...idle, loopShare: 0.9 }, late, late])).eventLoopLag,
    1,
    'two seconds are a pause',
  );
  assert.equal(signalsOf(doorsOf([late])).eventLoopLag, 0, 'one sample is no window');
});

test('a late loop that is mostly idle is held up by others: shedding our work would not help', () => {
  assert.equal(signalsOf(doorsOf(times(5, { lagMs: 300, loopShare: 0.2 }))).eventLoopLag, 0);
});

test('the worst door counts, and only five seconds', () => {
  const worse = { lagMs: 120, loopShare: 1, standing: 4 };
  const samples = [...times(5, sampleOf({}, {}, worse)), ...times(2, sampleOf({}, {}, { ...worse, lagMs: 80, standing: 2 }))];
  const { eventLoopLag, bannerQueue } = signalsOf(samples);
  assert.deepEqual([eventLoopLag, bannerQueue], [120, 2]);
});

test('a door that died is forgotten', () => {
  const dead: Sample = { ...sampleOf(), doors: new Map() };
  assert.equal(signalsOf([...times(4, sampleOf({}, { lagMs: 500, loopShare: 1 })), dead]).eventLoopLag, 0);
});

const hubs: readonly [busy: number, waiting: number, expected: number, why: string][] = [
  [10, 0, 0, 'nobody waits'],
  [2, 4, 0, 'a burst of one sender on few connections is no queue'],
  [30, 10, 0.25, 'a quarter of the time is spent in the queue (Little)'],
  [10, 90, 0.9, 'nine tenths of it'],
  [0, 50, 1, 'no connection at all'],
];
for (const [busy, waiting, expected, why] of hubs) {
  test(`${waiting} wait for ${busy} connections to the hub: ${why}`, () =>
    assert.equal(signalsOf(doorsOf(times(5, { hubs: [{ busy, waiting }] }))).hubQueue, expected));
}

test('a short queue at the hub is thinned out by the window', () => {
  assert.ok(signalsOf(doorsOf([...times(4, { hubs: [{ busy: 20, waiting: 0 }] }), { hubs: [{ busy: 20, waiting: 30 }] }])).hubQueue < 0.25);
});

/** Plays a series of samples, a second each, and gives the level after each and what was recorded. */
function play(samples: readonly Sample[]): { readonly levels: readonly LoadLevel[]; readonly slow: readonly boolean[]; readonly events: readonly EventBody[] } {
  const config = configOf();
  const [levels, slow, events]: [LoadLevel[], boolean[], EventBody[]] = [[], [], []];
  let second = 0;
  const fold = createLoadFold({
    shared: { write: (level, isSlow) => (levels.push(level), void slow.push(isSlow)) },
    config: () => config,
    sample: () => samples[second] ?? sampleOf(),
    record: (event) => void events.push(event),
    now: () => second * 1000,
  });
  for (; second < samples.length; second++) fold.look();
  return { levels, slow, events };
}
/** `0x5 2x10`: the level and for how many seconds it held. */
const curve = (levels: readonly LoadLevel[]): string =>
  levels
    .reduce<{ level: LoadLevel; seconds: number }[]>((runs, level) => {
      const last = runs.at(-1);
      if (last?.level === level) last.seconds += 1;
      else runs.push({ level, seconds: 1 });
      return runs;
    }, [])
    .map(({ level, seconds }) => `${level}x${seconds}`)
    .join(' ');

test('a flood that fills the sessions, is shed, and comes again: the curve rises at once and does not flap', () => {
  const series = [
    ...times(5, sampleOf()),
    ...times(3, sampleOf({ sessions: 0.8 })),
    ...times(4, sampleOf({ sessions: 0.97 })),
    // Shedding helps, and the flood swings about the threshold of level 2.
    ...Array.from({ length: 30 }, (_, second) => sampleOf({ sessions: second % 3 === 0 ? 0.87 : 0.6 })),
    ...times(45, sampleOf({ sessions: 0.2 })),
  ];
  const { levels, events } = play(series);
  assert.equal(curve(levels), '0x5 1x3 3x14 2x28 1x10 0x27');
  assert.deepEqual(
    events.map((event) => (event.type === 'load-level' ? `${event.before}-${event.level} ${event.causes.join()}` : event.type)),
    ['0-1 sessions', '1-3 sessions', '3-2 ', '2-1 ', '1-0 '],
  );
});

test('the event holds every signal, so that the postmaster sees what was well', () => {
  const [event] = play([sampleOf({ memory: 0.96 })]).events;
  assert.deepEqual(event, {
    type: 'load-level',
    level: 2,
    before: 0,
    causes: ['memory'],
    signals: { eventLoopLag: 0, bannerQueue: 0, sessions: 0.1, hubQueue: 0, systemLoad: 0.5, memory: 0.96 },
  });
});

test('replies are delayed at level 1 only, and not where sessions are scarce: a slow session is a longer one', () => {
  assert.deepEqual(play([sampleOf(), sampleOf({ systemLoad: 9 }), sampleOf({ systemLoad: 13 })]).slow, [false, true, false]);
  assert.deepEqual(play([sampleOf({ sessions: 0.75 })]).slow, [false]);
  const { load } = configOf({ load: { replyDelay: '0s' } });
  assert.equal(isReplyDelayed(1, signalsOf([sampleOf({ systemLoad: 9 })]), load), false, 'unless the operator wants none');
});
