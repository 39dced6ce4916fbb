import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clientOf, configOf, insider, mailboxOf, rcptInput, siteOf } from '../../test/harness/policy-inputs.ts';
import { SharedMeters } from '../lib/shared-meters.ts';
import type { EventBody } from '../model/events.ts';
import type { QuotaAccount, QuotaRaise, QuotaUse } from '../model/quota.ts';
import type { RcptInput } from '../model/stage-input.ts';
import { quotaRules } from './quota-limits.ts';
import { createQuotaDesk, type QuotaDesk } from './quotas.ts';

interface House {
  readonly desk: QuotaDesk;
  readonly meters: SharedMeters;
  readonly told: string[];
  readonly met: QuotaAccount[];
  readonly raises: Map<string, QuotaRaise>;
  at: number;
}

function houseOf(quotas: object, buffer = SharedMeters.allocate(64, { k0: 1, k1: 2 }), site: object = {}): House {
  const raises = new Map<string, QuotaRaise>();
  const rules = quotaRules(configOf({ quotas, site: siteOf({ ...site }) }), (key) => raises.get(key) ?? null);
  const meters = new SharedMeters(buffer);
  const house = { meters, told: [] as string[], met: [] as QuotaAccount[], raises, at: Date.UTC(2026, 10, 21) };
  const desk = createQuotaDesk({
    meters,
    rules: () => rules,
    reached: ({ kind, name, clock, used, limit }, state) => house.told.push(`${state} ${kind} ${name} ${clock} ${used}/${limit}`),
    met: (account) => house.met.push(account),
    now: () => house.at,
    capacity: 10,
  });
  return Object.assign(house, { desk });
}

const fromBob = (to: string, changes: Partial<RcptInput> = {}): RcptInput =>
  rcptInput({ session: 's1', user: 'bob', from: mailboxOf('bob@example.org'), to: mailboxOf(to), ...changes });
const finished = (outcome: string, reason = 'delivered'): EventBody => ({ type: 'message-finished', session: 's1', outcome, reason }) as EventBody; // all that is looked at
/** One recipient as a door treats it. */
function rcpt({ desk }: House, input: RcptInput): QuotaUse | null {
  const over = desk.stand(input);
  desk.judged(input.session, over === null ? 'accepted' : 'refused');
  return over;
}
const send = (house: House, many: number, outcome = 'delivered'): number => {
  let taken = 0;
  house.desk.begin('s1');
  for (let n = 0; n < many; n++) if (rcpt(house, fromBob(`x${n}@elsewhere.example`)) === null) taken++;
  house.desk.hear(finished(outcome));
  return taken;
};

test('so many recipients as the quota says, and the one too many is told with its numbers', () => {
  const house = houseOf({ user: { externalRecipientsPerHour: 5 } });
  assert.equal(send(house, 5), 5);
  assert.deepEqual(rcpt(house, fromBob('y@elsewhere.example')), { kind: 'user', name: 'bob', clock: 'externalRecipientsPerHour', used: 5, limit: 5 });
  assert.equal(rcpt(house, fromBob('colleague@example.org')), null, 'mail to ourselves has a clock of its own');
  house.at += 720_000;
  assert.equal(rcpt(house, fromBob('y@elsewhere.example')), null, 'a fifth of an hour later there is room for one');
});

test('the day counts both, and a quota of 0 is none', () => {
  const house = houseOf({ user: { externalRecipientsPerHour: 0, internalRecipientsPerHour: 0, recipientsPerDay: 3 } });
  const over = ['a@x.example', 'b@example.org', 'c@x.example', 'd@example.org'].map((to) => rcpt(house, fromBob(to))?.clock ?? null);
  assert.deepEqual(over, [null, null, null, 'recipientsPerDay']);
  const free = houseOf({ user: { externalRecipientsPerHour: 0, internalRecipientsPerHour: 0, recipientsPerDay: 0 } });
  assert.equal(send(free, 2000), 2000);
});

for (const [outcome, left] of [
  ['refused', 0],
  ['deferred', 0],
  ['delivered', 3],
  ['held', 3],
] as const)
  test(`mail that is ${outcome} has used ${left} of the quota`, () => {
    const house = houseOf({ user: { externalRecipientsPerHour: 5 } });
    send(house, 3, outcome);
    assert.equal(send(house, 9), 5 - left);
    assert.equal(house.desk.open, 0, 'nothing is remembered of a message that is over');
  });

test('what was reserved is free again when the client goes, starts anew, or is answered from memory', () => {
  for (const end of [
    ({ desk }: House): void => desk.begin('s1'),
    ({ desk }: House): void => desk.hear({ type: 'session-closed', session: 's1' } as EventBody), // all that is looked at
    ({ desk }: House): void => desk.hear({ type: 'transaction-aborted', session: 's1' } as EventBody), // as above
    ({ desk }: House): void => desk.hear(finished('delivered', 'answered-before')),
  ]) {
    const house = houseOf({ user: { externalRecipientsPerHour: 5 } });
    for (let n = 0; n < 5; n++) rcpt(house, fromBob(`x${n}@elsewhere.example`));
    end(house);
    assert.equal(send(house, 9), 5);
  }
});

test('a recipient that another check refuses is not counted', () => {
  const house = houseOf({ user: { externalRecipientsPerHour: 2 } });
  for (let n = 0; n < 9; n++) {
    assert.equal(house.desk.stand(fromBob('nobody@elsewhere.example')), null);
    house.desk.judged('s1', 'refused');
  }
  assert.equal(send(house, 9), 2);
});

test('retries while over the quota cost nothing: they get in as soon as there is room', () => {
  const house = houseOf({ host: { externalRecipientsPerHour: 60 } });
  const retry = (): QuotaUse | null => rcpt(house, rcptInput({ session: 's1', client: insider, user: null, to: mailboxOf('x@elsewhere.example') }));
  for (let n = 0; n < 60; n++) retry();
  house.desk.hear(finished('delivered'));
  for (let n = 0; n < 500; n++) assert.notEqual(retry(), null);
  house.at += 60_000;
  assert.equal(retry(), null);
});

test('bob and BOB are one, alice is another; a host and its network count apart; a stranger counts for nobody', () => {
  const house = houseOf({ user: { externalRecipientsPerHour: 1 }, host: { externalRecipientsPerHour: 1 }, network: { externalRecipientsPerHour: 2 } });
  const out = (changes: Partial<RcptInput>): string | null => rcpt(house, fromBob('x@elsewhere.example', changes))?.kind ?? null;
  const at = (ip: string): Partial<RcptInput> => ({ user: null, client: clientOf({ ip, inside: true }) });
  assert.deepEqual(
    [out({}), out({ user: 'BOB' }), out({ user: 'alice' }), out(at('10.20.0.1')), out(at('10.20.0.1')), out(at('10.20.0.2')), out(at('10.20.0.3'))],
    [null, 'user', null, null, 'host', null, 'network'],
  );
  for (let n = 0; n < 9; n++) assert.equal(out({ user: null, client: clientOf() }), null);
});

test('a customer is counted by the domain our clients send in the name of', () => {
  const house = houseOf({ customer: { externalRecipientsPerHour: 1 } });
  const from = mailboxOf('news@customer.example');
  assert.equal(rcpt(house, fromBob('x@elsewhere.example', { from })), null);
  assert.deepEqual(rcpt(house, fromBob('x@elsewhere.example', { from, user: 'alice' }))?.name, 'customer.example');
});

test('a user with a quota of his own, and one that was raised for a while', () => {
  const house = houseOf({ user: { externalRecipientsPerHour: 1 }, users: { Bob: { externalRecipientsPerHour: 3 } } });
  assert.equal(send(house, 9), 3);
  house.raises.set('user bob', { user: 'user bob', times: 10, until: 0, by: 'anna' });
  assert.equal(send(house, 100), 27, 'what he has sent counts on');
  house.raises.set('user bob', { user: 'user bob', times: null, until: 0, by: 'anna' });
  assert.equal(send(house, 5000), 5000);
});

test('who may write to many has only the quota he was given', () => {
  const quotas = { user: { externalRecipientsPerHour: 2 }, users: { letters: { recipientsPerDay: 5 } } };
  const house = houseOf(quotas, undefined, { bulkSenders: ['Bob', 'letters', 'news.example'] });
  assert.equal(send(house, 3000), 3000);
  const taken = Array.from({ length: 9 }, () => rcpt(house, fromBob('x@elsewhere.example', { user: 'letters' }))).filter((over) => over === null);
  assert.equal(taken.length, 5);
});

test('at 80 % it is told once, and again when nothing is left; an account is met once', () => {
  const house = houseOf({ user: { externalRecipientsPerHour: 10 } });
  send(house, 30);
  send(house, 30);
  assert.deepEqual(house.told, ['nearly user bob externalRecipientsPerHour 8/10', 'used-up user bob externalRecipientsPerHour 10/10']);
  assert.equal(house.met.length, 1);
});

test('sessions that end unheard give back what they had reserved when there are too many of them', () => {
  const house = houseOf({ user: { externalRecipientsPerHour: 100 } });
  for (let n = 0; n < 30; n++) rcpt(house, fromBob('x@elsewhere.example', { session: `gone${n}` }));
  assert.equal(house.desk.open, 10);
  assert.equal(send(house, 200), 91);
});

test('two doors on one memory: whatever order, never more than the quota and never less', () => {
  const quotas = { user: { externalRecipientsPerHour: 7, recipientsPerDay: 9 } };
  fc.assert(
    fc.property(fc.array(fc.record({ door: fc.nat(1), outside: fc.boolean(), fate: fc.constantFrom('delivered', 'deferred') }), { maxLength: 60 }), (steps) => {
      const buffer = SharedMeters.allocate(64, { k0: 3, k1: 4 });
      const doors = [houseOf(quotas, buffer), houseOf(quotas, buffer)];
      let sentOut = 0;
      let sent = 0;
      for (const { door, outside, fate } of steps) {
        const house = doors[door] as House; // 0 or 1
        const isFree = sent < 9 && (!outside || sentOut < 7);
        const over = rcpt(house, fromBob(outside ? 'x@elsewhere.example' : 'y@example.org'));
        assert.equal(over === null, isFree);
        house.desk.hear(finished(fate));
        if (over !== null || fate === 'deferred') continue;
        sent++;
        if (outside) sentOut++;
      }
    }),
  );
});
