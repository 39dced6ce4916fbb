import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { rcptInput } from '../../test/harness/policy-inputs.ts';
import type { EventBody } from '../model/events.ts';
import type { Measure } from '../model/measure.ts';
import { createMeasures } from '../store/measures.ts';
import { openStore } from '../store/open.ts';
import { createMeasureKeeper } from './measure-keeper.ts';
import { openMeasures } from './measures.ts';

const measure = (changes: Partial<Measure> = {}): Measure => ({
  id: 'm-1',
  scope: { client: '203.0.113.0/24' },
  action: 'defer',
  actor: { kind: 'person', name: 'anna' },
  reason: 'bomb',
  createdAt: 1000,
  expiresAt: 61_000,
  maxHits: null,
  probeShare: 0,
  incident: null,
  dryRun: false,
  ...changes,
});
const automatic = (changes: Partial<Measure> = {}): Measure => measure({ id: 'm-auto', actor: { kind: 'auto', name: 'bomb' }, ...changes });

async function start(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1000 });
  const store = openStore(':memory:');
  context.after(() => store.close());
  const repository = createMeasures(store.queries);
  const events: EventBody[] = [];
  const met: string[] = [];
  let door = openMeasures();
  let handed = 0;
  const open = async () => {
    const keeper = createMeasureKeeper({
      repository,
      record: (event) => void events.push(event),
      onSnapshot: (snapshot) => {
        handed++;
        door = openMeasures(structuredClone(snapshot));
      },
      onFirstHit: (id) => void met.push(id),
      now: Date.now,
    });
    await keeper.start();
    return keeper;
  };
  /** What a door finds for the usual stranger; it does not look at the clock. */
  const inForce = (): readonly string[] => door.match('rcpt', rcptInput(), { neverBlock: { ofTraffic: () => null }, atMs: 0 }).map(({ id }) => id);
  const tick = (ms: number) => context.mock.timers.tick(ms);
  const ends = () => events.flatMap((event) => (event.type === 'measure-ended' ? [`${event.id} ${event.how} by ${event.by}, ${event.hits} hits`] : []));
  return { keeper: await open(), open, repository, events, inForce, tick, ends, met, handedOut: () => handed };
}
/** Lets writes that nobody waits for come to their end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('an added measure is with the doors within a moment, in the database, and said', async (context) => {
  const { keeper, repository, events, inForce, tick } = await start(context);
  await keeper.add(measure({ maxHits: 9 }));
  tick(20);
  assert.deepEqual(inForce(), ['m-1']);
  assert.deepEqual(
    (await repository.active()).map(({ id }) => id),
    ['m-1'],
  );
  assert.deepEqual(events, [
    {
      type: 'measure-added',
      id: 'm-1',
      by: 'person anna',
      action: 'defer',
      scope: 'client 203.0.113.0/24',
      reason: 'bomb',
      expiresAt: 61_000,
      maxHits: 9,
      probeShare: 0,
      incident: null,
      dryRun: false,
    },
  ]);
});

test('a flood of automatic measures is handed out a few times a second, and a person waits for none of them', async (context) => {
  const { keeper, tick, handedOut } = await start(context);
  for (let n = 0; n < 1000; n++) await keeper.add(automatic({ id: `m-${n}`, scope: { client: `10.0.${n >> 8}.${n & 255}/32` } }));
  tick(500);
  const before = handedOut();
  for (let n = 0; n < 50; n++) {
    await keeper.add(automatic({ id: `n-${n}`, scope: { client: `10.1.0.${n}/32` } }));
    tick(20);
  }
  assert.ok(handedOut() - before <= 5, `${handedOut() - before} times in a second`);
  await keeper.add(automatic({ id: 'o-1', scope: { client: '10.2.0.1/32' } }));
  await keeper.add(measure());
  const then = handedOut();
  tick(20);
  assert.equal(handedOut() - then, 1, 'at once');
  tick(1000);
  assert.equal(handedOut() - then, 1, 'with all that waited');
});

test('each ends at its own moment, and not before', async (context) => {
  const { keeper, repository, inForce, tick, ends } = await start(context);
  await keeper.add(measure({ id: 'm-late', expiresAt: 91_000 }));
  await keeper.add(measure());
  tick(59_999);
  assert.deepEqual(inForce(), ['m-late', 'm-1']);
  tick(1);
  tick(20);
  await settled();
  assert.deepEqual(inForce(), ['m-late']);
  assert.deepEqual(ends(), ['m-1 expired by floodgate, 0 hits']);
  tick(30_000);
  tick(20);
  await settled();
  assert.deepEqual([inForce(), (await repository.ended(9)).map(({ id, state }) => `${id} ${state}`)], [[], ['m-late expired', 'm-1 expired']]);
});

test('a month is longer than a timer can wait, and comes all the same', async (context) => {
  const { keeper, tick, ends } = await start(context);
  const armed = context.mock.method(globalThis, 'setTimeout');
  await keeper.add(measure({ expiresAt: 1000 + 30 * 86_400_000 }));
  const delays = armed.mock.calls.map((call) => Number(call.arguments[1]));
  assert.deepEqual(delays, [20, 2 ** 31 - 1], 'with more, the timer would go off at once, again and again');
  tick(2 ** 31 - 1);
  assert.deepEqual(ends(), []);
  tick(30 * 86_400_000 - 2 ** 31 + 1);
  assert.equal(ends().length, 1);
});

test('undone means gone at once, and only once', async (context) => {
  const { keeper, inForce, tick, ends } = await start(context);
  await keeper.add(measure());
  assert.equal((await keeper.undo('m-1', 'otto'))?.state, 'undone');
  tick(20);
  assert.deepEqual([inForce(), ends()], [[], ['m-1 undone by otto, 0 hits']]);
  assert.equal(await keeper.undo('m-1', 'otto'), null);
});

test('a cap of hits ends it when all doors together have reached it; probes do not count towards it', async (context) => {
  const { keeper, inForce, tick, ends } = await start(context);
  await keeper.add(measure({ maxHits: 10 }));
  keeper.count([{ id: 'm-1', hits: 6, probes: 50, recorded: 0 }]);
  keeper.count([{ id: 'm-1', hits: 3, probes: 0, recorded: 0 }]);
  tick(20);
  assert.deepEqual([inForce(), ends()], [['m-1'], []]);
  keeper.count([{ id: 'm-1', hits: 2, probes: 0, recorded: 0 }]);
  tick(20);
  assert.deepEqual([inForce(), ends()], [[], ['m-1 hit-cap by floodgate, 11 hits']]);
  keeper.count([{ id: 'm-1', hits: 2, probes: 0, recorded: 0 }]);
  await settled();
  assert.equal(ends().length, 1, 'late counts change nothing');
});

test('that a measure has met something is told once; what was only recorded and probes are nothing met', async (context) => {
  const { keeper, met } = await start(context);
  await keeper.add(measure());
  keeper.count([{ id: 'm-1', hits: 0, probes: 1, recorded: 9 }]);
  assert.deepEqual(met, []);
  keeper.count([{ id: 'm-1', hits: 2, probes: 0, recorded: 0 }]);
  keeper.count([{ id: 'm-1', hits: 2, probes: 0, recorded: 0 }]);
  assert.deepEqual(met, ['m-1']);
  assert.deepEqual(
    keeper.active().map(({ hits, recorded }) => [hits, recorded]),
    [[4, 9]],
  );
});

test('a restart finds measures, counts and the switch as they were, and ends what expired meanwhile', async (context) => {
  const { keeper, open, inForce, tick, ends } = await start(context);
  await keeper.add(measure({ maxHits: 10 }));
  await keeper.add(automatic());
  await keeper.add(measure({ id: 'm-short', expiresAt: 31_000 }));
  keeper.count([{ id: 'm-1', hits: 6, probes: 1, recorded: 0 }]);
  await keeper.suspend({ by: 'otto', reason: null, since: 1000 }, 'otto');
  await keeper.stop();
  tick(40_000);
  assert.deepEqual(ends(), [], 'the old one no longer works');
  const next = await open();
  assert.deepEqual(inForce(), ['m-1']);
  assert.deepEqual(ends(), ['m-short expired by floodgate, 0 hits']);
  assert.deepEqual(
    next.active().map(({ id, hits, probes }) => [id, hits, probes]),
    [
      ['m-1', 6, 1],
      ['m-auto', 0, 0],
    ],
  );
  next.count([{ id: 'm-1', hits: 4, probes: 0, recorded: 0 }]);
  assert.equal(ends().at(-1), 'm-1 hit-cap by floodgate, 10 hits');
  await next.stop();
});

test('the switch turns automatic measures off and on, and is said', async (context) => {
  const { keeper, events, inForce, tick } = await start(context);
  await keeper.add(measure());
  await keeper.add(automatic());
  await keeper.suspend({ by: 'anna', reason: 'a wrong alarm', since: 1000 }, 'anna');
  tick(20);
  assert.deepEqual(inForce(), ['m-1']);
  await keeper.suspend(null, 'otto');
  tick(20);
  assert.deepEqual(inForce(), ['m-1', 'm-auto']);
  assert.deepEqual(events.slice(-2), [
    { type: 'measures-switched', automatic: 'off', by: 'anna', reason: 'a wrong alarm' },
    { type: 'measures-switched', automatic: 'on', by: 'otto', reason: null },
  ]);
});

test('counts are written now and then, so that a crash costs seconds of them', async (context) => {
  const { keeper, repository, tick } = await start(context);
  await keeper.add(measure());
  keeper.count([{ id: 'm-1', hits: 6, probes: 1, recorded: 0 }]);
  assert.equal((await repository.find('m-1'))?.hits, 0);
  tick(5000);
  await settled();
  assert.deepEqual([(await repository.find('m-1'))?.hits, (await repository.find('m-1'))?.probes], [6, 1]);
  await keeper.stop();
});

test('what cannot be written does not come into force; what ends, ends', async (context) => {
  const { keeper, repository, events, inForce, tick } = await start(context);
  await keeper.add(measure());
  context.mock.method(repository, 'save', () => Promise.reject(new Error('disk I/O error')));
  await assert.rejects(keeper.add(measure({ id: 'm-2' })), /disk/);
  await keeper.undo('m-1', 'anna');
  tick(20);
  assert.deepEqual(inForce(), []);
  assert.match(JSON.stringify(events.at(-1)), /measures-broken.*m-1 could not be written.*disk/);
});

test('the record of ended measures does not grow without end while we run', async (context) => {
  const { keeper, repository } = await start(context);
  const forget = context.mock.method(repository, 'forget');
  for (let number = 0; number < 500; number++) {
    await keeper.add(measure({ id: `m-${number}` }));
    await keeper.undo(`m-${number}`, 'anna');
  }
  assert.deepEqual(
    forget.mock.calls.map((call) => call.arguments),
    [[1000 - 400 * 86_400_000, 10_000]],
  );
});
