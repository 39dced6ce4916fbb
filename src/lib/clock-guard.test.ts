import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClockGuard, evenForMs } from './clock-guard.ts';

function clockOf() {
  const clock = { wall: 1e12, steady: 5 };
  const pass = (ms: number): void => {
    clock.wall += ms;
    clock.steady += ms;
  };
  return { clock, pass, guard: new ClockGuard({ now: () => clock.wall, steady: () => clock.steady }) };
}

test('an even clock is believed, also after a long time without a look', () => {
  const { pass, guard } = clockOf();
  assert.equal(guard.isBelieved(), true);
  pass(90 * 86_400_000);
  assert.equal(guard.isBelieved(), true);
});

test('a clock that is corrected bit by bit is believed', () => {
  const { clock, pass, guard } = clockOf();
  for (let minute = 0; minute < 600; minute += 1) {
    pass(60_000);
    clock.wall += 500;
    assert.equal(guard.isBelieved(), true);
  }
});

for (const [direction, by] of [
  ['forward', 20 * 86_400_000],
  ['back', -36_000_000],
] as const)
  test(`a clock that jumps ${direction} is not believed until it has run evenly for an hour`, () => {
    const { clock, pass, guard } = clockOf();
    clock.wall += by;
    assert.equal(guard.isBelieved(), false);
    pass(evenForMs - 1);
    assert.equal(guard.isBelieved(), false);
    clock.wall -= by;
    assert.equal(guard.isBelieved(), false, 'back again: the hour begins anew');
    pass(evenForMs);
    assert.equal(guard.isBelieved(), true);
  });
