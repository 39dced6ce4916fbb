import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDigestControl, type DigestControlParts } from './control.ts';
import type { RoundParts } from './round.ts';

const hourMs = 3_600_000;
const whole = (round: number) => ({ at: round, isWhole: true });
const at = (day: number, hour: number): number => new Date(2026, 10, day, hour).getTime();

function start(clock: { ms: number }, changes: Partial<DigestControlParts> & { readonly again?: () => boolean; readonly stopped?: () => boolean } = {}) {
  const rounds: number[] = [];
  const noted: string[] = [];
  const troubles: string[] = [];
  const ground = {
    settings: { lines: 3, perMinute: 60 },
    select: () => {
      rounds.push(clock.ms);
      if (changes.again?.() === true) throw new Error('disk');
      return Promise.resolve([]);
    },
    told: () => Promise.resolve([]),
    now: () => clock.ms,
    isStopped: changes.stopped ?? (() => false),
  } as unknown as RoundParts; // with nothing held no other part is touched
  const control = createDigestControl({
    schedule: () => ({ everyMs: 24 * hourMs, atMinute: 420 }),
    parts: () => ground,
    ordersWaiting: () => 0,
    lastRound: null,
    noteRound: ({ at: begun, isWhole }) => void noted.push(`${begun}${isWhole ? '' : ' under way'}`),
    tidy: () => Promise.resolve(),
    trouble: (why) => void troubles.push(why),
    now: () => clock.ms,
    wait: () => new Promise(() => {}),
    ...changes,
  });
  return { control, rounds, noted, troubles };
}

test('a round begins at its hour, once a day, and is noted for the next run', async () => {
  const clock = { ms: at(10, 6) };
  const { control, rounds, noted } = start(clock);
  for (const hour of [6, 7, 8, 31, 32]) {
    clock.ms = at(10, hour);
    control.tick();
    await control.ended();
  }
  assert.deepEqual(rounds, [at(10, 7), at(11, 7)]);
  assert.deepEqual(
    noted,
    rounds.flatMap((round) => [`${round} under way`, String(round)]),
    'whoever dies in between finds that not everybody had his turn',
  );
});

test('a round that the run before was killed in is gone on with, and the hour of the others does not move', async () => {
  const clock = { ms: at(10, 8) };
  const { control, rounds, noted } = start(clock, { lastRound: { at: at(10, 7), isWhole: false } });
  control.tick();
  assert.deepEqual([rounds, control.status().nextAt], [[], new Date(at(10, 8) + 15 * 60_000).toISOString()]);
  clock.ms += 15 * 60_000;
  control.tick();
  await control.ended();
  assert.deepEqual([rounds, noted], [[clock.ms], [String(at(10, 7))]]);
  clock.ms = at(10, 23);
  control.tick();
  assert.equal(rounds.length, 1, 'everybody has had his turn');
  assert.equal(control.status().nextAt, new Date(at(11, 7)).toISOString());
});

test('one that is tried again later, or that the end of the gateway cuts off, is not whole', async () => {
  const clock = { ms: at(10, 7) };
  let broken = true;
  const failing = start(clock, { lastRound: whole(at(9, 7)), again: () => broken });
  failing.control.tick();
  await failing.control.ended();
  assert.deepEqual(failing.noted, [`${at(10, 7)} under way`]);
  broken = false;
  clock.ms += 15 * 60_000;
  failing.control.tick();
  await failing.control.ended();
  assert.deepEqual(failing.noted, [`${at(10, 7)} under way`, String(at(10, 7))]);

  clock.ms = at(10, 7);
  const ended = start(clock, { lastRound: whole(at(9, 7)), stopped: () => true });
  ended.control.tick();
  await ended.control.ended();
  assert.deepEqual(ended.noted, [`${at(10, 7)} under way`]);
});

test('one that was missed because nobody ran is made up for at the start', async () => {
  const clock = { ms: at(10, 9) };
  const { control, rounds } = start(clock, { lastRound: whole(at(9, 7)) });
  control.tick();
  await control.ended();
  assert.deepEqual(rounds, [at(10, 9)]);
  assert.equal(control.status().nextAt, new Date(at(11, 7)).toISOString());
});

test('the first one ever waits for its hour: whoever switches letters on at noon does not write to everybody at noon', () => {
  const { control, rounds } = start({ ms: at(10, 12) });
  control.tick();
  assert.deepEqual([rounds, control.status().nextAt], [[], new Date(at(11, 7)).toISOString()]);
});

test('one now does not move the hour of the others', async () => {
  const clock = { ms: at(10, 12) };
  const { control, rounds } = start(clock);
  const answer = await control.runNow();
  assert.deepEqual([answer.ok, rounds.length], [true, 1]);
  assert.equal(control.status().nextAt, new Date(at(11, 7)).toISOString());
});

test('a round that breaks is told, and made up for', async () => {
  const clock = { ms: at(10, 7) };
  let broken = true;
  const { control, troubles, rounds } = start(clock, { lastRound: whole(at(9, 7)), again: () => broken });
  control.tick();
  await control.ended();
  assert.match(troubles.join(), /disk/);
  broken = false;
  clock.ms = at(10, 7) + 15 * 60_000;
  control.tick();
  await control.ended();
  assert.equal(rounds.length, 2, 'a quarter of an hour later');
  clock.ms = at(10, 9);
  control.tick();
  assert.equal(rounds.length, 2, 'and that one was whole');
});

test('switched off: no round, and commands say how to switch it on', async () => {
  const { control } = start({ ms: at(10, 7) }, { parts: () => null, schedule: () => null, lastRound: whole(at(1, 7)) });
  control.tick();
  assert.deepEqual([control.status().enabled, control.status().nextAt], [false, null]);
  for (const answer of [await control.runNow(), await control.preview({ recipient: 'a@b' })]) assert.match(answer.ok ? '' : answer.error, /quarantine\.digest/);
});

test('a look at a letter names its recipient', async () => {
  const { control } = start({ ms: at(10, 7) });
  assert.match(JSON.stringify(await control.preview({})), /name a recipient/);
  assert.match(JSON.stringify(await control.preview({ recipient: 'ann@hub.example' })), /nothing is held for ann@hub\.example/);
});
