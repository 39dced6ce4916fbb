import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm, AlarmKey } from '../model/alarm.ts';
import { HotKeys, reached } from './hot-keys.ts';

const levels = { watch: 2, alert: 4, severe: 8 };
const keysOf = (keepsState?: true): HotKeys<{ seen: number }> =>
  new HotKeys({ detector: 'x', capacity: 10, quietMs: 1000, ...(keepsState && { keepsState }), fresh: () => ({ seen: 0 }) });

/** Notes sightings of a key and gives what was said. */
function note(keys: HotKeys<{ seen: number }>, times: readonly number[]): Alarm[] {
  const said: Alarm[] = [];
  for (const at of times) {
    const hot = keys.of('a', at);
    hot.note({ at, source: `s${at}` }, 'origin');
    const value = ++hot.state.seen;
    const hit = reached(value, levels);
    if (hit === null) continue;
    const statistic = { name: 'seen', value, threshold: hit.threshold };
    keys.tell(
      hot,
      at,
      { key: { ip: 'a' }, level: hit.level, statistic, confidence: 'high', spoofable: false, because: 'so' },
      (alarm) => void said.push(alarm),
    );
  }
  return said;
}

test('a level is told once, the next one too, with all that belongs to it', () => {
  const said = note(keysOf(), [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(
    said.map(({ level, count }) => `${level} ${count}`),
    ['watch 2', 'alert 4'],
  );
  const [first] = said;
  assert.deepEqual([first?.onsetAt, first?.samples, first?.origins], [1, ['s1', 's2'], [{ origin: 'origin', est: 2, err: 0 }]]);
});

test('a key that was quiet begins anew', () => {
  const said = note(keysOf(), [1, 2, 5000, 5001]);
  assert.deepEqual(
    said.map(({ onsetAt, count }) => [onsetAt, count]),
    [[1, 2]],
  );
});

test('where the state is worth keeping only the evidence begins anew', () => {
  const said = note(keysOf(true), [1, 2, 5000, 5001]);
  assert.deepEqual(
    said.map(({ level, onsetAt, count }) => [level, onsetAt, count]),
    [
      ['watch', 1, 2],
      ['alert', 5000, 2],
    ],
  );
});

test('a quiet key is named once, one that is kept hot is not', () => {
  const keys = keysOf();
  note(keys, [1, 2]);
  keys.keepHot({ ip: 'a' }, 5000);
  const calm: AlarmKey[] = [];
  keys.settle(5500, (key) => void calm.push(key));
  assert.equal(calm.length, 0);
  keys.settle(6001, (key) => void calm.push(key));
  keys.settle(9000, (key) => void calm.push(key));
  assert.deepEqual(calm, [{ ip: 'a' }]);
});

test('a hundred thousand keys are not held', () => {
  const keys = keysOf();
  for (let key = 0; key < 100_000; key++) keys.of(`k${key}`, key).note({ at: key, source: '' }, '');
  assert.ok(keys.size <= 10);
});
