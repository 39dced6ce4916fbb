import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainOf, mailboxOf, steadySender } from './envelope.ts';

for (const [address, mailbox, why] of [
  ['anna+shop@hub.example', 'anna@hub.example', 'a tag is the same mailbox'],
  ['anna@hub.example', 'anna@hub.example', 'without a tag as it is'],
  ['+anna@hub.example', '+anna@hub.example', 'a name that begins with a plus is a name'],
  ['postmaster', 'postmaster', 'without a domain'],
] as const)
  test(`${address} is ${mailbox}: ${why}`, () => assert.equal(mailboxOf(address), mailbox));

for (const [from, steady, why] of [
  ['prvs=1234abcd=anna@shop.example', 'anna@shop.example', 'BATV'],
  ['srs0=x1=t2=home.example=anna@forwarder.example', 'anna@home.example', 'SRS'],
  ['list-bounces+anna=hub.example@list.example', 'list-bounces@list.example', 'VERP'],
  ['bounce-1234-77@esp.example', 'bounce-0-0@esp.example', 'numbers'],
  ['talk-return-77-anna@list.example', 'talk-return-0-anna@list.example', 'numbers of a list'],
  ['anna@shop.example', 'anna@shop.example', 'a person'],
  ['s1234567@university.example', 's1234567@university.example', 'a person whose name is a number'],
  ['', '', 'the null sender'],
] as const)
  test(`${from} is ${steady}: ${why}`, () => assert.equal(steadySender(from), steady));

test('the domain stands behind the last @', () => {
  assert.deepEqual(['a@b@c.example', 'nobody', ''].map(domainOf), ['c.example', '', '']);
});
