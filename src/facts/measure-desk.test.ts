import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { createMeasures } from '../store/measures.ts';
import { openStore } from '../store/open.ts';
import { createMeasureDesk, type AutomaticDraft } from './measure-desk.ts';
import { createMeasureKeeper } from './measure-keeper.ts';
import { createNeverBlock } from './never-block.ts';

const nowMs = Date.parse('2026-06-01T12:00:00Z');

async function start(context: TestContext) {
  const store = openStore(':memory:');
  const repository = createMeasures(store.queries);
  const keeper = createMeasureKeeper({ repository, record: () => undefined, onSnapshot: () => undefined, onFirstHit: () => undefined, now: () => nowMs });
  await keeper.start();
  context.after(async () => {
    await keeper.stop();
    await store.close();
  });
  let number = 0;
  const attached: string[] = [];
  const desk = createMeasureDesk({
    repository,
    keeper,
    neverBlock: () => createNeverBlock(configOf()),
    domains: () => ['example.org', 'hub.example'],
    incidentNamed: (name) => Promise.resolve(/^(?:i-1|FG-1)$/i.test(name) ? 'i-1' : null),
    attach: (incident, measure, text) => void attached.push(`${incident} ${measure}: ${text}`),
    newId: () => `m-${++number}`,
    now: () => nowMs,
  });
  return { desk, keeper, attached };
}
const wanted = (changes: object = {}): object => ({
  scope: { client: '203.0.113.9/24' },
  action: 'defer',
  reason: 'bomb',
  expiresAt: '2026-06-01T13:00:00Z',
  ...changes,
});

test('what is added is shown, in the form in which it is looked up', async (context) => {
  const { desk } = await start(context);
  const scope = { client: '203.0.113.9/24', sender: 'X@Sender.Example', helo: 'MX.Sender.Example.', hostname: '.Dyn.Example' };
  const answer = await desk.add(wanted({ scope, maxHits: 7, incident: 'i-1' }), 'anna');
  assert.deepEqual(answer, {
    ok: true,
    measure: {
      id: 'm-1',
      scope: { client: '203.0.113.0/24', sender: 'x@sender.example', helo: 'mx.sender.example', hostname: '.dyn.example' },
      action: 'defer',
      actor: { kind: 'person', name: 'anna' },
      reason: 'bomb',
      createdAt: '2026-06-01T12:00:00.000Z',
      expiresAt: '2026-06-01T13:00:00.000Z',
      maxHits: 7,
      probeShare: 0,
      incident: 'i-1',
      dryRun: false,
      state: 'active',
      endedAt: null,
      hits: 0,
      probes: 0,
      recorded: 0,
    },
  });
  assert.deepEqual(await desk.show({ ended: false }), { measures: answer.ok ? [answer.measure] : [], suspended: null });
});

const refusals: readonly [changes: object, said: RegExp, why: string][] = [
  [{ action: 'drop', scope: { client: '203.0.113.0/24', sender: 'x.example' } }, /name a client and nothing else/, 'a packet names no sender'],
  [{ action: 'drop', scope: { recipient: 'anna@hub.example' } }, /name a client and nothing else/, 'nor a recipient'],
  [{ action: 'drop', scope: { client: '203.0.0.0/15' } }, /wider than drop may reach/, 'a mistake so wide would not be explained to anybody'],
  [{ action: 'drop', scope: { client: '2001:db8::/31' } }, /wider than drop may reach/, 'the same for IPv6'],
  [{ expiresAt: undefined }, /expiresAt/, 'every measure ends'],
  [{ expiresAt: '2026-06-01T11:00:00Z' }, /over already/, 'in the past'],
  [{ expiresAt: '2028-06-01T11:00:00Z' }, /a year at most; a list holds for good/, 'what is for good is a list'],
  [{ reason: '' }, /reason is missing/, 'the next operator asks why'],
  [{ action: 'bounce' }, /action is one of/, 'a measure makes no mail'],
  [{ scope: { client: '300.1.1.1' } }, /scope.client is no address or network/, 'no network'],
  [{ scope: { sender: 'a b@c' } }, /scope.sender is no address or domain/, 'no sender'],
  [{ action: 'reject', scope: { sender: '<>' } }, /bounces of their own mail too/, 'the classic mistake'],
  [{ scope: { recipient: 'anna@exmaple.org' } }, /none of your domains/, 'a slip'],
  [{ scope: { planet: 'x' } }, /planet/, 'an unknown field would narrow nothing'],
  [{ probeShare: 2 }, /probeShare/, 'more than everything'],
  [
    { scope: { client: '10.20.0.0/24' } },
    /client 10\.20\.0\.0\/24 would touch 10\.20\.0\.0\/16, which is never blocked; narrow it, or say --force/,
    'our own network',
  ],
];
for (const [changes, said, why] of refusals) {
  test(`${JSON.stringify(changes)} is refused: ${why}`, async (context) => {
    const { desk, keeper } = await start(context);
    const answer = await desk.add(wanted(changes), 'anna');
    assert.match(answer.ok ? 'taken' : answer.error, said);
    assert.equal(keeper.active().length, 0);
  });
}

test('a person who means it says force', async (context) => {
  const { desk } = await start(context);
  assert.equal((await desk.add(wanted({ scope: { client: '10.20.0.0/24' }, force: true }), 'anna')).ok, true);
});

test('measures that each cost every session are few', async (context) => {
  const { desk } = await start(context);
  const helo = (number: number) => desk.add(wanted({ scope: { helo: `h${number}.example` } }), 'anna');
  for (let number = 0; number < 100; number++) assert.equal((await helo(number)).ok, true);
  const answer = await helo(100);
  assert.match(answer.ok ? 'taken' : answer.error, /name one of these/);
  assert.equal((await desk.add(wanted(), 'anna')).ok, true, 'those with a network are not among them');
});

test('a person may discard; no automatic measure throws mail away', async (context) => {
  const { desk, keeper } = await start(context);
  assert.equal((await desk.add(wanted({ action: 'discard' }), 'anna')).ok, true);
  const answer = await desk.addAutomatic({ ...draft, action: 'discard' }, () => Promise.resolve({ ok: true }));
  assert.match(answer.ok ? 'taken' : answer.error, /no automatic measure throws mail away/);
  assert.equal(keeper.active().length, 1);
});

test('a flood of alarms does not become a flood of measures', async (context) => {
  const { desk, keeper } = await start(context);
  await desk.add(wanted(), 'anna');
  const [one] = keeper.active();
  context.mock.method(keeper, 'active', () => Array.from({ length: 5000 }, () => one));
  const answer = await desk.addAutomatic(draft, () => Promise.resolve({ ok: true }));
  assert.match(answer.ok ? 'taken' : answer.error, /there are 5000 measures in force/);
});

const draft: AutomaticDraft = {
  scope: { client: '203.0.113.0/24' },
  action: 'defer',
  reason: 'alarm',
  incident: 'i-1',
  expiresAt: nowMs + 1000 * 3_600_000,
  maxHits: 50,
  dryRun: false,
  detector: 'subscription-bomb',
};

test('an automatic measure is let through by the guard, lasts a day at most, and lets one in a hundred pass', async (context) => {
  const { desk } = await start(context);
  const answer = await desk.addAutomatic(draft, () => Promise.resolve({ ok: true }));
  assert.ok(answer.ok);
  assert.deepEqual(
    [answer.measure.actor, answer.measure.expiresAt, answer.measure.probeShare],
    [{ kind: 'auto', name: 'subscription-bomb' }, '2026-06-02T12:00:00.000Z', 0.01],
  );
});

test('an automatic measure stops at the guard and at the never-block list, and nothing forces it', async (context) => {
  const { desk, keeper } = await start(context);
  assert.deepEqual(await desk.addAutomatic(draft, () => Promise.resolve({ ok: false, why: 'it would touch 3 % of the good mail' })), {
    ok: false,
    error: 'it would touch 3 % of the good mail',
  });
  const inside = await desk.addAutomatic({ ...draft, scope: { client: '10.20.1.1/32' } }, () => Promise.resolve({ ok: true }));
  assert.match(inside.ok ? 'taken' : inside.error, /never blocked/);
  assert.equal(keeper.active().length, 0);
});

test('undo tells what it ended, that it has ended, or that there is no such thing', async (context) => {
  const { desk } = await start(context);
  await desk.add(wanted(), 'anna');
  const answer = await desk.undo('m-1', 'otto');
  assert.equal(answer.ok && answer.measure.state, 'undone');
  assert.deepEqual(await desk.undo('m-1', 'otto'), { ok: false, error: 'm-1 has ended already (undone)' });
  assert.deepEqual(await desk.undo('m-9', 'otto'), { ok: false, error: 'there is no measure m-9' });
  assert.equal((await desk.find('m-1'))?.state, 'undone', 'the record stays');
  assert.deepEqual([(await desk.show({ ended: false })).measures.length, (await desk.show({ ended: true })).measures.length], [0, 1]);
});

test('the switch says who threw it; turning back what was not thrown is said', async (context) => {
  const { desk } = await start(context);
  assert.deepEqual(await desk.resume('anna'), { ok: false, error: 'automatic measures are not suspended' });
  assert.deepEqual(await desk.suspend({ reason: 'a wrong alarm' }, 'anna'), { ok: true });
  assert.deepEqual((await desk.show({ ended: false })).suspended, { by: 'anna', reason: 'a wrong alarm', since: '2026-06-01T12:00:00.000Z' });
  assert.deepEqual(await desk.resume('anna'), { ok: true });
  assert.equal((await desk.suspend({ reason: 7 }, 'anna')).ok, false);
});

test('an incident is taken by the name that stands in the letter, kept by its id, and lists the measure; one that never was is refused', async (context) => {
  const { desk, attached } = await start(context);
  const answer = await desk.add(wanted({ incident: 'FG-1' }), 'anna');
  assert.equal(answer.ok && answer.measure.incident, 'i-1');
  assert.deepEqual(attached, ['i-1 m-1: m-1 defer client 203.0.113.0/24 until 2026-06-01T13:00:00.000Z by anna']);
  assert.deepEqual(await desk.add(wanted({ incident: 'FG-NOPE' }), 'anna'), { ok: false, error: 'there is no incident FG-NOPE' });
  assert.equal(attached.length, 1);
});
