import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm, Calm } from '../model/alarm.ts';
import type { GaugeSighting } from '../model/sighting.ts';
import type { DetectorDefinition } from './detector.ts';
import { createEngine, type EngineParts } from './engine.ts';

const gauge = (at: number, value = 1): GaugeSighting => ({ kind: 'gauge', at, source: `test:${at}`, name: 'hub-queue', value });

const alarmOf = (at: number, count: number): Alarm => ({
  detector: 'counting',
  key: { site: true },
  level: 'watch',
  at,
  onsetAt: at,
  count,
  statistic: { name: 'count', value: count, threshold: 2 },
  confidence: 'high',
  spoofable: false,
  counts: {},
  origins: [],
  samples: [],
  because: 'test',
});

/** Alarms at every `each`-th gauge and calls the site quiet at every settling. */
const counting: DetectorDefinition = {
  id: 'counting',
  row: 'D0',
  doc: 'Counts.',
  kinds: ['gauge'],
  options: { each: { default: 2, min: 1, max: 10, doc: 'Gauges.' } },
  create: ({ each = 0 }) => {
    let count = 0;
    return {
      size: 1,
      note: ({ at }, raise) => {
        if (++count % each === 0) raise(alarmOf(at, count));
      },
      settle: (_, calm) => calm({ site: true }),
    };
  },
};

const context: EngineParts['context'] = { hashKey: { k0: 1, k1: 2 }, isOurDomain: () => false, orgDomain: (domain) => domain };
const engineOf = (parts: Partial<EngineParts> = {}) => createEngine({ definitions: [counting], options: {}, context, ...parts });

test('a sighting goes to the detectors of its kind, and its alarms come back with it', () => {
  const engine = engineOf();
  assert.deepEqual(engine.note(gauge(1)), []);
  assert.deepEqual(engine.note({ kind: 'hub', at: 2, source: 'x', route: 'hub', outcome: 'ok', ms: 1 }), []);
  assert.deepEqual(
    engine.note(gauge(3)).map(({ count }) => count),
    [2],
  );
  assert.deepEqual(engine.note(gauge(4)), []);
});

test('where nothing is found nothing is made: the empty list is always the same', () => {
  const engine = engineOf({ options: { counting: { each: 10 } } });
  assert.equal(engine.note(gauge(1)), engine.note(gauge(2)));
});

test('an option of the operator holds, and a detector that is off neither sees nor holds anything', () => {
  assert.equal(engineOf({ options: { counting: { each: 1 } } }).note(gauge(1)).length, 1);
  const off = engineOf({ options: { counting: 'off' } });
  assert.equal(off.note(gauge(1)).length + off.note(gauge(2)).length + off.size, 0);
});

test('detectors settle once a minute of the time of the sightings, and when told', () => {
  const calms: Calm[] = [];
  const engine = engineOf({ onCalm: (calm) => calms.push(calm) });
  for (const second of [0, 30, 59, 61, 90, 120, 122]) engine.note(gauge(second * 1000));
  engine.settle(130_000);
  assert.deepEqual(
    calms.map(({ detector, at }) => [detector, at]),
    [
      ['counting', 61_000],
      ['counting', 122_000],
      ['counting', 130_000],
    ],
  );
});

test('a log that goes back a little does not settle twice, and a new past starts afresh', () => {
  const calms: number[] = [];
  const engine = engineOf({ onCalm: ({ at }) => calms.push(at) });
  for (const second of [10_000, 10_061, 10_030, 10_100, 100, 161]) engine.note(gauge(second * 1000));
  assert.deepEqual(calms, [10_061_000, 161_000]);
});

test('a detector that throws is told of, and the others go on', () => {
  const broken: DetectorDefinition = {
    ...counting,
    id: 'broken',
    create: () => ({ size: 0, note: () => assert.fail('broken'), settle: () => assert.fail('broken') }),
  };
  const faults: string[] = [];
  const engine = engineOf({ definitions: [broken, counting], onFault: (id) => faults.push(id), options: { counting: { each: 1 } } });
  assert.equal(engine.note(gauge(0)).length, 1);
  engine.settle(1);
  assert.deepEqual(faults, ['broken', 'broken']);
  assert.throws(() => engineOf({ definitions: [broken] }).note(gauge(0)), /broken/);
});

test('the size is that of all detectors', () => {
  assert.deepEqual([engineOf().size, engineOf().sizes], [1, { counting: 1 }]);
});
