import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { EventBody } from '../model/events.ts';
import type { Incident, IncidentEntry } from '../model/incident.ts';
import { createIncidents } from '../store/incidents.ts';
import { openStore } from '../store/open.ts';
import { IncidentHistory, type EntryToAdd } from './history.ts';

const incident = (id: string, count = 1): Incident => ({
  id,
  reference: id.toUpperCase(),
  detector: 'connection-flood',
  key: { ip: '192.0.2.7' },
  level: 'alert',
  state: 'alert',
  onsetAt: 0,
  openedAt: 0,
  lastAt: 0,
  closedAt: null,
  count,
  alarms: count,
  measures: [],
  campaign: null,
  folded: 0,
  acknowledgedBy: null,
  statistic: { name: 'per-minute', value: 1, threshold: 1 },
  confidence: 'high',
  spoofable: false,
  counts: {},
  origins: [],
  samples: [],
  because: 'it',
});
const opened: EntryToAdd = { step: 'opened', at: 0, by: 'floodgate', text: 'it', evidence: null };

/** A history whose writes are counted; `state.fails` makes the database refuse them. */
function start(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const writes: { readonly incidents: readonly Incident[]; readonly entries: readonly IncidentEntry[] }[] = [];
  const recorded: EventBody[] = [];
  const state = { fails: false };
  const save = (incidents: readonly Incident[], entries: readonly IncidentEntry[]): Promise<void> => {
    if (state.fails) return Promise.reject(new Error('disk I/O error'));
    writes.push({ incidents, entries });
    return Promise.resolve();
  };
  const history = new IncidentHistory({ repository: { save }, record: (body) => void recorded.push(body) });
  const pass = async (ms: number): Promise<void> => {
    context.mock.timers.tick(ms);
    await history.flushed();
  };
  return { history, writes, recorded, state, pass };
}

test('an incident that only counts further is written once a second at most, as it is then', async (context) => {
  const { history, writes, pass } = start(context);
  for (let beat = 0; beat < 100; beat++) {
    history.add(incident('i-1', beat), null);
    await pass(50);
  }
  assert.ok(writes.length <= 5, `${writes.length} writes in five seconds`);
  assert.ok(writes.every(({ incidents, entries }) => incidents.length === 1 && entries.length === 0));
  await pass(1000);
  assert.equal(writes.at(-1)?.incidents[0]?.count, 99);
});

test('what is of note is written within a moment, with all that waited', async (context) => {
  const { history, writes, pass } = start(context);
  history.add(incident('i-1'), null);
  history.add(incident('i-2'), opened);
  await pass(200);
  assert.deepEqual(
    writes.map(({ incidents, entries }) => [incidents.map(({ id }) => id), entries.map((entry) => entry.incident)]),
    [[['i-1', 'i-2'], ['i-2']]],
  );
});

test('what a database in trouble did not take is written later, the newer state where there is one', async (context) => {
  const { history, writes, recorded, state, pass } = start(context);
  state.fails = true;
  history.add(incident('i-1', 1), opened);
  history.add(incident('i-2', 1), opened);
  await pass(200);
  state.fails = false;
  history.add(incident('i-1', 2), null);
  await pass(10_000);
  assert.deepEqual(
    recorded.map(({ type }) => type),
    ['incidents-broken'],
  );
  assert.deepEqual(
    writes.map(({ incidents, entries }) => [incidents.map(({ id, count }) => `${id} ${count}`), entries.length]),
    [[['i-1 2', 'i-2 1'], 2]],
  );
});

test('what waits is bounded, and no entry is left without its incident', async (context) => {
  const { history, writes, recorded, state, pass } = start(context);
  state.fails = true;
  for (let n = 0; n < 6000; n++) history.add(incident(`i-${n}`), opened);
  assert.ok(recorded.some(({ type }) => type === 'incidents-broken'));
  state.fails = false;
  await pass(200);
  const [{ incidents, entries } = assert.fail('nothing written')] = writes;
  assert.ok(incidents.length <= 5000 && entries.length <= 5000);
  const known = new Set(incidents.map(({ id }) => id));
  assert.ok(entries.every((entry) => known.has(entry.incident)));
  assert.ok(known.has('i-5999'), 'the newest stay');
});

test('the database takes any number of them at once, and keeps the last state', async (context) => {
  const store = openStore(':memory:');
  context.after(() => store.close());
  const repository = createIncidents(store.queries);
  const history = new IncidentHistory({ repository, record: () => assert.fail('trouble') });
  for (let n = 0; n < 75; n++) history.add(incident(`i-${n}`), opened);
  await history.flush();
  for (let n = 0; n < 75; n++) history.add({ ...incident(`i-${n}`, 7), state: 'closed', closedAt: n }, { ...opened, step: 'closed' });
  await history.flush();
  assert.equal((await repository.closed(100)).length, 75);
  assert.equal((await repository.find('i-74'))?.count, 7);
  assert.deepEqual(
    (await repository.entries('i-3')).map(({ number, step }) => `${number} ${step}`),
    ['1 opened', '2 closed'],
  );
  await history.stop();
});
