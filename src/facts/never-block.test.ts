import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, configOf, mailboxOf, messageInput, rcptInput } from '../../test/harness/policy-inputs.ts';
import type { MeasureScope } from '../model/measure.ts';
import type { Action } from '../model/verdict.ts';
import { seenAt } from './measure-scope.ts';
import { createNeverBlock } from './never-block.ts';

const neverBlock = createNeverBlock(
  configOf({
    neverBlock: { networks: ['192.0.2.128/25', '2001:db8:5::/48'], senders: ['bank.example', '<>'], recipients: ['ceo@example.org', '.vip.example'] },
  }),
);

const measures: readonly [scope: MeasureScope, spared: string | null, why: string][] = [
  [{ client: '203.0.113.0/24' }, null, 'a network that has nothing to do with them'],
  [{ client: '10.20.7.0/24' }, '10.20.0.0/16', "a part of the site's own network"],
  [{ client: '192.0.2.0/24' }, '192.0.2.128/25', 'a network around one that is named'],
  [{ client: '2001:db8::/32' }, '2001:db8:5::/48', 'IPv6 too'],
  [{ client: '192.0.2.0/25' }, null, 'the neighbour'],
  [{ client: '10.20.7.9/32', user: 'ulla' }, null, 'a user is meant, not the network she sits in'],
  [{ sender: 'boss@bank.example' }, 'bank.example', 'a sender within a domain that is named'],
  [{ sender: '.example' }, 'bank.example', 'a domain around it'],
  [{ sender: 'spam.example' }, null, 'somebody else'],
  [{ sender: '<>' }, '<>', 'the null sender where it is named'],
  [{ recipient: 'example.org' }, 'ceo@example.org', 'a whole domain of ours'],
  [{ recipient: 'abuse@customer.example' }, 'abuse@customer.example', 'whoever is blocked by mistake must be able to say so'],
  [{ recipient: 'user@example.org' }, null, 'one mailbox'],
  [{}, '10.20.0.0/16', 'everybody'],
  [{ direction: 'in', role: 'mx' }, '10.20.0.0/16', 'nearly everybody'],
  [{ client: '0.0.0.0/0', sender: 'spam.example' }, '10.20.0.0/16', 'everybody by address'],
];
for (const [scope, spared, why] of measures) {
  test(`a measure on ${JSON.stringify(scope)} touches ${spared}: ${why}`, () =>
    assert.equal(neverBlock.ofMeasure({ scope, action: 'defer', dryRun: false }), spared));
}

test('a whole domain may be held, where the operator has named nobody in it; never the complaint boxes by name', () => {
  const held = (recipient: string) => neverBlock.ofMeasure({ scope: { recipient }, action: 'quarantine', dryRun: false });
  assert.deepEqual(['customer.example', 'example.org', 'abuse@customer.example'].map(held), [null, 'ceo@example.org', 'abuse@customer.example']);
});

test('what blocks nobody may touch anybody', () => {
  const touched = (action: Action, dryRun = false) => neverBlock.ofMeasure({ scope: {}, action, dryRun });
  assert.deepEqual([touched('observe'), touched('tag'), touched('reject', true)], [null, null, null]);
  assert.notEqual(touched('divert'), null);
});

const at = (ip: string, from: string | null, to: string, scope: MeasureScope = {}): string | null => {
  const input = rcptInput({ client: clientOf({ ip }), from: from === null ? null : mailboxOf(from), to: mailboxOf(to) });
  return neverBlock.ofTraffic({ scope, action: 'defer', dryRun: false }, seenAt('rcpt', input));
};
const traffic: readonly [got: string | null, expected: string | null, why: string][] = [
  [at('203.0.113.7', 'x@spam.example', 'user@example.org'), null, 'an ordinary stranger'],
  [at('10.20.1.1', 'x@spam.example', 'user@example.org'), '10.20.0.0/16', 'an insider'],
  [at('10.20.1.1', 'x@spam.example', 'user@example.org', { user: 'ulla' }), null, 'an insider, where the measure means the user'],
  [at('203.0.113.7', 'x@bank.example', 'user@example.org'), 'bank.example', 'a sender that is named'],
  [at('203.0.113.7', null, 'user@example.org'), '<>', 'a notification, where the null sender is named'],
  [at('203.0.113.7', 'x@spam.example', 'Abuse@example.net'), 'abuse@example.net', 'the complaint box'],
  [at('203.0.113.7', 'x@spam.example', 'Postmaster'), 'postmaster@', 'postmaster without a domain'],
  [at('203.0.113.7', 'x@spam.example', 'abuse@world.example'), null, "somebody else's complaint box"],
  [at('203.0.113.7', 'x@spam.example', 'a@b.vip.example'), '.vip.example', 'a recipient that is named'],
];
for (const [got, expected, why] of traffic) test(`an automatic measure yields to ${expected}: ${why}`, () => assert.equal(got, expected));

test('one recipient of a message is enough', () => {
  const seen = seenAt('message', messageInput({ recipients: [mailboxOf('user@example.org'), mailboxOf('ceo@example.org')] }));
  assert.equal(neverBlock.ofTraffic({ scope: {}, action: 'divert', dryRun: false }, seen), 'ceo@example.org');
});
