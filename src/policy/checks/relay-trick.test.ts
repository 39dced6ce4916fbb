import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, configOf, insider, mailboxOf, rcptInput } from '../../../test/harness/policy-inputs.ts';
import { relayTrick } from './relay-trick.ts';

const options = relayTrick.options(configOf());
const cases: readonly [to: string, route: string | null, expected: 'clean' | 'finding', why: string][] = [
  ['user@example.org', null, 'clean', 'an ordinary address'],
  ['user%world.example@example.org', null, 'finding', 'the percent hack'],
  ['user%host@example.org', null, 'finding', 'also with a bare host name: old servers complete it'],
  ['world.example!user@example.org', null, 'finding', 'a UUCP path'],
  ['user@world.example@example.org', null, 'finding', 'a quoted local part with a whole address'],
  ['@world.example@example.org', null, 'finding', 'a quoted route'],
  ['user@example.org', '@world.example', 'finding', 'a source route: the hub would see it'],
  ['user%world.example@customer.example', null, 'finding', 'a customer is no better protected than the hub'],
  ['user%world.example@world.example', null, 'clean', 'not ours: relay-not-allowed has the word'],
  ['100%@example.org', null, 'clean', 'a percent sign that hides nothing'],
  ['!user@example.org', null, 'clean', 'a bang without a host before it'],
  ['hello!@example.org', null, 'clean', 'nor a user behind it'],
  ['SRS0=abc=de=world.example=user@example.org', null, 'clean', 'SRS is how forwarders write their own addresses'],
  ['bounce+user=world.example@example.org', null, 'clean', 'VERP'],
];

for (const [to, route, expected, why] of cases) {
  test(`${route ?? ''} ${to} is ${expected}: ${why}`, () =>
    assert.equal(relayTrick.run(rcptInput({ to: mailboxOf(to, route) }), {}, options, 'rcpt').kind, expected));
}

const permitted: readonly [who: string, changes: Parameters<typeof rcptInput>[0]][] = [
  ['a client inside', { client: insider }],
  ['an authenticated user', { user: 'anna' }],
  ['a client of a smarthost listener', { client: clientOf({ role: 'smarthost' }) }],
];
for (const [who, changes] of permitted) {
  test(`${who} may send to anyone anyway and gains nothing by a trick`, () => {
    assert.equal(relayTrick.run(rcptInput({ ...changes, to: mailboxOf('user%world.example@example.org') }), {}, options, 'rcpt').kind, 'clean');
  });
}
