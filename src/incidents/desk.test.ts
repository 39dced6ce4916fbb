import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Alarm } from '../model/alarm.ts';
import type { EventBody } from '../model/events.ts';
import { createIncidents } from '../store/incidents.ts';
import { openStore } from '../store/open.ts';
import type { IncidentChange } from './book.ts';
import { createIncidentDesk } from './desk.ts';
import { sealOf } from './history.ts';

const alarm = (more: Partial<Alarm> = {}): Alarm => ({
  detector: 'password-guessing',
  key: { ip: '192.0.2.7' },
  level: 'alert',
  at: 1000,
  onsetAt: 500,
  count: 10,
  statistic: { name: 'walk', value: 10, threshold: 10 },
  confidence: 'high',
  spoofable: false,
  counts: { users: { est: 4, err: 0 } },
  origins: [{ origin: 'network 192.0.2.0/24', est: 10, err: 0 }],
  samples: ['smtp-1#7'],
  because: 'ten wrong passwords',
  ...more,
});

async function start(context: TestContext, broken = false) {
  const store = openStore(':memory:');
  context.after(() => store.close());
  const repository = createIncidents(store.queries);
  const recorded: EventBody[] = [];
  const told: IncidentChange[] = [];
  const open = async () => {
    const desk = createIncidentDesk({
      repository: broken ? { ...repository, save: () => Promise.reject(new Error('disk I/O error')) } : repository,
      record: (body) => void recorded.push(body),
      tell: (change) => void told.push(change),
      now: () => 5000,
    });
    await desk.start();
    return desk;
  };
  return { desk: await open(), open, recorded, told, repository };
}

test('an alarm opens an incident that can be found by id and reference, with its evidence in its history', async (context) => {
  const { desk, recorded, told } = await start(context);
  const { id, reference } = desk.raise(alarm());
  const found = (await desk.find(reference.toLowerCase())) ?? assert.fail('not found');
  assert.equal(found.incident.id, id);
  assert.equal(found.incident.openedAt, '1970-01-01T00:00:01.000Z');
  assert.deepEqual(
    found.history.map(({ number, step, evidence }) => [number, step, evidence?.statistic.value]),
    [[1, 'opened', 10]],
  );
  assert.deepEqual(
    recorded.map(({ type }) => type),
    ['incident-changed'],
  );
  assert.equal(told.length, 1);
});

test('the history is sealed: who changes an entry afterwards breaks the chain', async (context) => {
  const { desk } = await start(context);
  const { id } = desk.raise(alarm());
  desk.note(id, 'called the owner of the network', 'mona');
  desk.acknowledge(id, 'mona');
  const { history } = (await desk.find(id)) ?? assert.fail('not found');
  assert.deepEqual(
    history.map(({ step, by }) => `${step} ${by}`),
    ['opened floodgate', 'noted mona', 'acknowledged mona'],
  );
  let before = '';
  for (const { hash, at, ...entry } of history) {
    assert.equal(hash, sealOf(before, { ...entry, at: Date.parse(at) }));
    assert.notEqual(hash, sealOf(before, { ...entry, at: Date.parse(at), text: `${entry.text}.` }));
    before = hash;
  }
});

test('after a restart open incidents go on, and so do their histories', async (context) => {
  const { desk, open } = await start(context);
  const { id } = desk.raise(alarm());
  await desk.stop();
  const again = await open();
  assert.equal(again.raise(alarm({ level: 'severe', count: 40 })).id, id);
  const { history } = (await again.find(id)) ?? assert.fail('not found');
  assert.deepEqual(
    history.map(({ number, step }) => `${number} ${step}`),
    ['1 opened', '2 raised'],
  );
});

test('closed incidents are listed on demand only, and a closed one can be read but not changed', async (context) => {
  const { desk } = await start(context);
  const { id } = desk.raise(alarm());
  assert.equal(desk.close(id, 'mona').ok, true);
  assert.deepEqual(await desk.show({ closed: false }), []);
  assert.deepEqual(
    (await desk.show({ closed: true })).map(({ state, closedAt }) => [state, closedAt]),
    [['closed', '1970-01-01T00:00:05.000Z']],
  );
  assert.deepEqual(desk.note(id, 'too late', 'mona'), { ok: false, error: `no incident ${id} is open` });
  assert.equal((await desk.find(id))?.history.length, 2);
});

test('alarms that bring nothing new add no line to the history: a long attack does not fill the disk', async (context) => {
  const { desk } = await start(context);
  const { id } = desk.raise(alarm());
  for (let count = 11; count < 19; count++) desk.raise(alarm({ count }));
  const found = (await desk.find(id)) ?? assert.fail('not found');
  assert.deepEqual([found.history.length, found.incident.count, found.incident.alarms], [1, 18, 9]);
});

test('what a measure has met is mitigated; when the last measure has ended the incident is no longer mitigated', async (context) => {
  const { desk } = await start(context);
  const { id } = desk.raise(alarm());
  desk.attach(id, 'm-1', 'm-1 defer client 192.0.2.7/32');
  assert.equal(desk.openOne(id)?.state, 'alert');
  desk.measureMet('m-0');
  assert.equal(desk.openOne(id)?.state, 'alert', 'another measure');
  desk.measureMet('m-1');
  assert.equal(desk.openOne(id)?.state, 'mitigated');
  desk.measureEnded(id, 'm-1', 1);
  assert.equal(desk.openOne(id)?.state, 'mitigated');
  desk.measureEnded(id, 'm-1', 0);
  assert.equal(desk.openOne(id)?.state, 'alert');
});

test('a database that cannot be written is told, and what is open stays open', async (context) => {
  const { desk, recorded } = await start(context, true);
  const { id } = desk.raise(alarm());
  await desk.show({ closed: false });
  assert.equal(desk.openOne(id)?.level, 'alert');
  assert.deepEqual(
    recorded.map(({ type }) => type),
    ['incident-changed', 'incidents-broken'],
  );
  await desk.stop();
});
