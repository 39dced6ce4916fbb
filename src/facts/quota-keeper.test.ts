import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { SharedMeters } from '../lib/shared-meters.ts';
import type { EventBody } from '../model/events.ts';
import type { QuotaRaise } from '../model/quota.ts';
import { createQuotaKeeper, mostAccounts, type QuotaKeeper } from './quota-keeper.ts';
import { meterSize, quotaRules } from './quota-limits.ts';

const bob = { kind: 'user', name: 'Bob' } as const;
const start = Date.UTC(2026, 10, 21, 12);
const hourMs = 3_600_000;

interface House {
  readonly keeper: QuotaKeeper;
  readonly meters: SharedMeters;
  readonly events: EventBody[];
  readonly sent: (readonly QuotaRaise[])[];
  at: number;
  /** So many recipients elsewhere of bob's. */
  take(many: number): void;
}

function houseOf(): House {
  const meters = new SharedMeters(SharedMeters.allocate(64, { k0: 1, k1: 2 }));
  const raised = new Map<string, QuotaRaise>();
  const rules = quotaRules(configOf(), (key) => raised.get(key) ?? null);
  const house = { meters, events: [] as EventBody[], sent: [] as (readonly QuotaRaise[])[], at: start };
  const keeper = createQuotaKeeper({
    meters,
    rules: () => rules,
    record: (event) => void house.events.push(event),
    changed: (raises) => {
      raised.clear();
      for (const raise of raises) raised.set(raise.user, raise);
      house.sent.push(raises);
    },
    now: () => house.at,
  });
  const take = (many: number): void => {
    keeper.met(bob);
    const size = meterSize('externalRecipientsPerHour', rules.limitsOf(bob));
    for (let n = 0; n < many && size !== null; n++) meters.take('user bob', 0, size, house.at);
  };
  return Object.assign(house, { keeper, take });
}
const until = (ms: number): string => new Date(ms).toISOString();

test('who has sent is shown with used and limit; who has not is found all the same', () => {
  const { keeper, take } = houseOf();
  take(120);
  assert.deepEqual(keeper.desk.show(), [
    {
      account: 'user bob',
      kind: 'user',
      name: 'Bob',
      externalRecipientsPerHour: { used: 120, limit: 500 },
      internalRecipientsPerHour: { used: 0, limit: 1000 },
      recipientsPerDay: { used: 0, limit: 1000 },
      raised: null,
    },
  ]);
  assert.equal(keeper.desk.find({ kind: 'user', name: 'nobody' }).externalRecipientsPerHour.used, 0);
});

test('a raise is in force at every door at once, is recorded, and ends by itself', () => {
  const house = houseOf();
  const answer = house.keeper.desk.raise({ user: 'bob', until: until(start + hourMs) }, 'anna');
  assert.equal(answer.ok && answer.quota.externalRecipientsPerHour.limit, 5000);
  assert.deepEqual(house.sent.at(-1), [{ user: 'user bob', times: 10, until: start + hourMs, by: 'anna' }]);
  house.at += hourMs;
  house.keeper.tidy();
  assert.deepEqual(house.sent.at(-1), []);
  assert.deepEqual(
    house.events.map((event) => event.type === 'quota-changed' && [event.what, event.by]),
    [
      ['raised', 'anna'],
      ['raise-ended', 'floodgate'],
    ],
  );
});

test('lower ends a raise; without one it says so', () => {
  const { keeper, sent } = houseOf();
  keeper.desk.raise({ user: 'BOB', until: until(start + hourMs), times: null }, 'anna');
  assert.equal(keeper.desk.find(bob).externalRecipientsPerHour.limit, 0, 'null is no limit');
  assert.equal(keeper.desk.lower('bob', 'otto').ok, true);
  assert.deepEqual(sent.at(-1), []);
  assert.deepEqual(keeper.desk.lower('bob', 'otto'), { ok: false, error: 'the quota of bob is not raised' });
});

for (const [raw, error] of [
  [{ until: until(start + hourMs) }, /^user /],
  [{ user: 'bob', until: 'tomorrow' }, /^until is a time/],
  [{ user: 'bob', until: until(start) }, /over already/],
  [{ user: 'bob', until: until(start + 40 * 24 * hourMs) }, /31 days/],
  [{ user: 'bob', until: until(start + hourMs), times: 1 }, /^times/],
] as const)
  test(`a raise is refused: ${error.source}`, () => {
    const answer = houseOf().keeper.desk.raise(raw, 'anna');
    assert.match(answer.ok ? '' : answer.error, error);
  });

test('over a restart counts and raises go on, as if nothing had been', () => {
  const before = houseOf();
  before.take(300);
  before.keeper.desk.raise({ user: 'alice', until: until(start + 9 * hourMs) }, 'anna');
  const text = before.keeper.toText();
  const after = houseOf();
  after.at += hourMs / 2;
  assert.equal(after.keeper.addText(text), true);
  assert.equal(after.keeper.desk.find(bob).externalRecipientsPerHour.used, 50, 'half an hour has leaked away');
  assert.deepEqual(
    after.keeper.raises().map(({ user }) => user),
    ['user alice'],
  );
});

test('a file that is not understood changes nothing', () => {
  const { keeper } = houseOf();
  assert.deepEqual([keeper.addText(''), keeper.addText('{"accounts": 3}')], [false, false]);
  assert.deepEqual(keeper.desk.show(), []);
});

test('names are bounded: with one more than there are meters the first is forgotten', () => {
  const { keeper, meters } = houseOf();
  for (let n = 0; n <= mostAccounts; n++) keeper.met({ kind: 'host', name: `h${n}` });
  meters.restore('host h0', 0, { level: 1, at: start });
  assert.deepEqual(keeper.desk.show(), []);
});
