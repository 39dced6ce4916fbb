import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stampede } from './stampede.ts';

function hosts(): { readonly stampede: Stampede; readonly clock: { now: number } } {
  const clock = { now: 1_000_000 };
  return { stampede: new Stampede(() => clock.now), clock };
}

/** Is refused and returns after so many ms, so many times; what each return gave. */
function returns({ stampede, clock }: ReturnType<typeof hosts>, afterMs: number, times: number): (number | null)[] {
  return Array.from({ length: times }, () => {
    stampede.refused('h');
    clock.now += afterMs;
    return stampede.returned('h');
  });
}

test('the third hasty return penalises for ten minutes, and is told once', () => {
  const all = hosts();
  const [one, two, three, ...more] = returns(all, 100, 9);
  assert.deepEqual([one, two, three], [null, null, 1_000_300 + 600_000]);
  assert.ok(
    more.every((told) => told === null),
    'it goes on stampeding: no news',
  );
  assert.equal(all.stampede.isPenalised('h'), true);
  all.clock.now += 600_000;
  assert.equal(all.stampede.isPenalised('h'), false);
});

test('who waits ten seconds is not hasty, however often he is refused', () => {
  const all = hosts();
  assert.ok(returns(all, 10_000, 20).every((told) => told === null));
  assert.equal(all.stampede.isPenalised('h'), false);
});

test('many connections at once after one 421 are one return', () => {
  const { stampede, clock } = hosts();
  stampede.refused('h');
  clock.now += 50;
  for (let at = 0; at < 50; at++) assert.equal(stampede.returned('h'), null);
  assert.equal(stampede.isPenalised('h'), false);
});

test('hosts that were never refused are not remembered, refused ones up to a bound', () => {
  const { stampede } = hosts();
  stampede.returned('stranger');
  assert.equal(stampede.size, 0);
  for (let at = 0; at < 30_000; at++) stampede.refused(`h${at}`);
  assert.equal(stampede.size, 20_000);
});
