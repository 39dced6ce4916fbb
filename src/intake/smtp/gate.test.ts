import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { LoadLevel } from '../../lib/load-level.ts';
import type { EventBody } from '../../model/events.ts';
import { clientOf, configOf, insider, mailboxOf, rcptInput } from '../../../test/harness/policy-inputs.ts';
import type { Repute } from './client-class.ts';
import { Gate } from './gate.ts';

const partner = '203.0.120.1';

/** A gate on a clock of the test's own; `come` says what became of a connection so far. */
function stage(t: TestContext, rates: Readonly<Record<string, unknown>> = {}, doors = 1) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setImmediate', 'Date'], now: 1_000_000 });
  const house = { level: 0 as LoadLevel, reputes: new Map<string, Repute>() };
  const recorded: EventBody[] = [];
  const order: string[] = [];
  const gate = new Gate(configOf({ rates, neverBlock: { networks: ['203.0.120.0/24'] } }), {
    level: () => house.level,
    repute: (ip) => house.reputes.get(ip) ?? null,
    doors,
    record: (event) => void recorded.push(event),
    now: Date.now,
  });
  const come = (ip: string, client = clientOf({ ip })): { state: string } => {
    const arrival = { state: 'waits' };
    const entry = gate.admit(client, gate.meet(client));
    if (entry.kind === 'enter') arrival.state = 'in';
    else gate.wait(ip, entry, { enter: () => (order.push(ip), void (arrival.state = 'in')), refuse: (reason) => void (arrival.state = reason) });
    return arrival;
  };
  const many = (count: number, ip: (index: number) => string): { state: string }[] => Array.from({ length: count }, (_, index) => come(ip(index)));
  const tally = (arrivals: readonly { readonly state: string }[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { state } of arrivals) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  };
  const pass = (ms: number): void => {
    // In steps: a timer set by a timer must find the clock where it stands then.
    for (let at = 0; at < ms; at += 50) t.mock.timers.tick(Math.min(50, ms - at));
  };
  return { gate, house, recorded, order, come, many, tally, pass };
}
const good: Repute = { good: 50, bad: 0, score: 50 / 60 };
const known: Repute = { good: 3, bad: 0, score: 3 / 13 };

test('a burst of one address comes in at once, the rest waits for its turn of two seconds each', (t) => {
  const { many, tally, pass } = stage(t);
  const arrivals = many(23, () => '192.0.2.1');
  assert.deepEqual(tally(arrivals), { in: 20, waits: 3 });
  pass(2000);
  assert.deepEqual(tally(arrivals), { in: 21, waits: 2 });
  pass(4000);
  assert.deepEqual(tally(arrivals), { in: 23 });
});

test('many hosts of one network share its rate, and other networks do not notice', (t) => {
  const { many, come, tally, pass } = stage(t);
  const flood = many(100, (index) => `198.18.2.${index}`);
  assert.deepEqual(tally(flood), { in: 60, waits: 40 });
  const other = come('198.51.100.1');
  pass(10);
  assert.equal(other.state, 'in');
  pass(10_000);
  assert.equal(tally(flood)['in'], 80, 'two a second');
});

test('a host beyond its own rate does not use up the rate of its network', (t) => {
  const { many, come, pass } = stage(t);
  many(100, () => '198.18.2.1');
  const neighbours = many(20, (index) => `198.18.2.${100 + index}`);
  pass(10);
  assert.ok(neighbours.every(({ state }) => state === 'in'));
  assert.equal(come('198.18.2.1').state, 'waits');
});

test('what would wait for longer than the patience is refused, and late', (t) => {
  const { many, tally, pass } = stage(t);
  const arrivals = many(40, () => '192.0.2.1');
  assert.deepEqual(tally(arrivals), { in: 20, waits: 20 });
  pass(5000);
  assert.deepEqual(tally(arrivals), { in: 22, waits: 13, 'connection-rate': 5 });
  pass(25_000);
  assert.deepEqual(tally(arrivals), { in: 35, 'connection-rate': 5 });
});

test('known correspondents and who comes to submit may come ten times as often; insiders as they like', (t) => {
  const { house, many, tally, gate } = stage(t, { connectionsPerSecond: 0 });
  house.reputes.set('192.0.2.1', known);
  assert.deepEqual(tally(many(200, () => '192.0.2.1')), { in: 200 });
  const remote = clientOf({ ip: '198.51.100.7', role: 'submission' });
  for (let count = 0; count < 200; count++) assert.equal(gate.admit(remote, gate.meet(remote)).kind, 'enter');
  assert.equal(gate.admit(remote, gate.meet(remote)).kind, 'wait');
  for (let count = 0; count < 5000; count++) assert.equal(gate.admit(insider, gate.meet(insider)).kind, 'enter');
});

test('rates of 0 are none', (t) => {
  const { many, tally } = stage(t, { connectionsPerAddress: 0, connectionsPerNetwork: 0, connectionsPerSecond: 0 });
  assert.deepEqual(tally(many(5000, () => '192.0.2.1')), { in: 5000 });
});

test('all networks together come at the rate in all, and nobody is refused for it', (t) => {
  const { many, tally, pass } = stage(t, { connectionsPerSecond: 100 });
  const arrivals = many(30, (index) => `192.0.${index}.1`);
  assert.deepEqual(tally(arrivals), { in: 10, waits: 20 });
  pass(300);
  assert.deepEqual(tally(arrivals), { in: 30 });
});

test('each door takes its share of the rates', (t) => {
  const { many, tally } = stage(t, {}, 4);
  assert.deepEqual(tally(many(10, () => '192.0.2.1')), { in: 5, waits: 5 });
});

const refusedAt: readonly [level: LoadLevel, refused: readonly string[]][] = [
  [0, []],
  [1, ['penalised']],
  [2, ['penalised', 'unknown']],
  [3, ['penalised', 'unknown', 'known']],
];
for (const [level, refused] of refusedAt) {
  test(`at level ${level} ${refused.join(', ') || 'nobody'} hears 421, and our own never`, (t) => {
    const { house, come, pass, gate } = stage(t);
    house.reputes.set('203.0.113.1', known);
    house.reputes.set('203.0.114.1', { good: 0, bad: 40, score: -0.8 });
    house.level = level;
    const arrivals = { penalised: come('203.0.114.1'), unknown: come('192.0.2.1'), known: come('203.0.113.1') };
    pass(5000);
    const hear = Object.entries(arrivals)
      .filter(([, { state }]) => state === 'load-level')
      .map(([name]) => name);
    assert.deepEqual(hear.toSorted(), [...refused].toSorted());
    for (const client of [insider, clientOf({ ip: '198.51.100.9', role: 'submission' })]) assert.equal(gate.admit(client, gate.meet(client)).kind, 'enter');
    assert.equal(gate.meet(clientOf({ ip: '192.0.2.25' })), 0, 'the hub of the configuration');
    assert.equal(gate.meet(clientOf({ ip: partner })), 2, 'a partner who is never blocked');
  });
}

test('at level 3 one in two of the known good comes in', (t) => {
  const { house, many, tally } = stage(t);
  house.level = 3;
  for (let at = 0; at < 10; at++) house.reputes.set(`198.51.${at}.1`, good);
  assert.deepEqual(tally(many(10, (index) => `198.51.${index}.1`)), { in: 5, 'load-level': 5 });
});

test('under load strangers stand in line by network, known ones do not', (t) => {
  const { house, many, come, tally, pass, order } = stage(t, { connectionsPerAddress: 0, connectionsPerNetwork: 0 });
  house.level = 1;
  house.reputes.set('203.0.113.1', known);
  const flood = many(60, (index) => `198.18.2.${index}`);
  come('198.51.100.1');
  assert.equal(come('203.0.113.1').state, 'in');
  assert.deepEqual([...new Set(flood.map(({ state }) => state))], ['waits']);
  pass(1);
  assert.equal(order[1], '198.51.100.1', 'the last that came, the second that is served');
  pass(50);
  assert.deepEqual(tally(flood), { in: 60 });
});

test('who comes back at once after 421 three times is served last for ten minutes, which is recorded once', (t) => {
  const { house, come, pass, gate, recorded } = stage(t);
  house.level = 2;
  for (let count = 0; count < 5; count++) {
    come('192.0.2.1');
    pass(5000); // the late refusal
  }
  assert.deepEqual(recorded, [
    { type: 'client-penalised', ip: '192.0.2.1', untilMs: 1_000_000 + 15_000 + 600_000, why: 'came back too fast after 421 three times' },
  ]);
  house.level = 1;
  const [penalised, other] = [come('192.0.2.1'), come('198.51.100.1')];
  pass(5000);
  assert.deepEqual([penalised.state, other.state], ['load-level', 'in']);
  pass(600_000);
  assert.equal(gate.meet(clientOf({ ip: '192.0.2.1' })), 4);
});

test('under load the hub is asked only about recipients of known clients, of users, and postmaster', (t) => {
  const { house, gate } = stage(t);
  house.reputes.set('203.0.113.9', known);
  const stranger = rcptInput();
  house.level = 1;
  assert.equal(gate.mayAskHub(stranger), true);
  house.level = 2;
  assert.equal(gate.mayAskHub(stranger), false);
  assert.equal(gate.mayAskHub({ ...stranger, user: 'ann' }), true);
  assert.equal(gate.mayAskHub({ ...stranger, to: mailboxOf('postmaster@example.org') }), true);
  assert.equal(gate.mayAskHub({ ...stranger, client: insider }), true);
  assert.equal(gate.mayAskHub({ ...stranger, client: clientOf({ ip: '203.0.113.9' }) }), true);
});

test('whoever waits hears of it when the gateway goes down, and is no stampede for coming back at once', (t) => {
  const { gate, many, tally, recorded } = stage(t);
  const arrivals = many(25, () => '192.0.2.1');
  gate.close();
  assert.deepEqual(tally(arrivals), { in: 20, draining: 5 });
  for (let count = 0; count < 5; count++) gate.meet(clientOf({ ip: '192.0.2.1' }));
  assert.deepEqual(recorded, []);
  assert.equal(gate.figures().waiting, 0);
});

test('the queue has an end: more waiting hear 421 at once', (t) => {
  const { many, tally } = stage(t, { waitingPerNetwork: 10, waiting: 15 });
  assert.deepEqual(tally(many(40, () => '192.0.2.1')), { in: 20, waits: 10, 'banner-queue-full': 5, 'connection-rate': 5 });
});
