// The relay matrix (mission R1-R3) against a table so plain that it can be read: every combination of client, user, listener,
// sender and recipient, judged by the whole catalogue and not by one check.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clientOf, configOf, factsOf, mailboxOf, rcptInput } from '../../test/harness/policy-inputs.ts';
import type { Role } from '../model/client.ts';
import { isRefusal } from '../model/verdict.ts';
import { answerTo } from './answer.ts';
import { catalogue } from './catalogue.ts';
import { known, type FactSource, type ListHit } from './facts.ts';
import { createJudge, type Judgement } from './judge.ts';
import { addressOfLiteral } from './relay.ts';

/** `trick`: an address of ours that hides another. `nobody`: our own address literal. */
type Kind = 'ours' | 'world' | 'trick' | 'nobody';
const recipients: readonly [address: string, kind: Kind][] = [
  ['user@example.org', 'ours'],
  ['user@customer.example', 'ours'],
  ['postmaster', 'ours'],
  ['postmaster@[198.51.100.1]', 'ours'],
  ['user@world.example', 'world'],
  ['user@sub.example.org', 'world'],
  ['user@[203.0.113.9]', 'world'],
  ['user%world.example@example.org', 'trick'],
  ['world.example!user@customer.example', 'trick'],
  ['user@world.example@example.org', 'trick'],
  ['user@[198.51.100.1]', 'nobody'],
];
const roles: readonly Role[] = ['mx', 'submission', 'smarthost'];
const senders = [null, 'someone@sender.example', 'chef@example.org', 'postmaster@example.org'] as const;

/** Slow and obvious: the words of R1 to R3 one after the other. */
function mayPass(inside: boolean, user: string | null, role: Role, kind: Kind): boolean {
  if (role === 'submission') return user !== null && kind !== 'nobody';
  if (kind === 'nobody') return false;
  if (kind === 'ours') return true;
  return inside || user !== null || role === 'smarthost';
}

function judgeWith(hits: readonly ListHit[], mode: 'enforce' | 'observe' = 'enforce') {
  const facts = factsOf({ lists: known(hits) });
  const source: FactSource = { get: (fact) => facts[fact] };
  return createJudge({ config: configOf({ mode }), checks: catalogue, facts: source, now: () => 0 });
}

/** Every client, user, listener and sender. */
const combinations = [true, false].flatMap((inside) =>
  ['anna', null].flatMap((user) => roles.flatMap((role) => senders.map((from) => ({ inside, user, role, from })))),
);

for (const [address, kind] of recipients) {
  test(`every client, user, listener and sender to ${address}: as R1 to R3 say`, () => {
    const judge = judgeWith([]);
    for (const { inside, user, role, from } of combinations) {
      const input = rcptInput({ client: clientOf({ inside, role }), user, from: from === null ? null : mailboxOf(from), to: mailboxOf(address) });
      const { verdict } = judge('rcpt', input) as Judgement; // every fact here answers at once
      assert.equal(!isRefusal(verdict), mayPass(inside, user, role, kind), `inside ${inside}, user ${user}, ${role}, from ${from}`);
      if (kind === 'world' && isRefusal(verdict) && role === 'mx') assert.equal(answerTo(verdict, { stage: 'rcpt', reference: 'REF' }).code, 554);
    }
  });
}

test('no list, no mode and no sender opens the relay: what a stranger may do does not depend on them', () => {
  const anything = fc.record({
    accept: fc.boolean(),
    mode: fc.constantFrom('enforce' as const, 'observe' as const),
    from: fc.constantFrom(...senders),
    recipient: fc.constantFrom(...recipients),
    helo: fc.constantFrom('mx.example.org', 'localhost', 'mail.sender.example'),
  });
  fc.assert(
    fc.property(anything, ({ accept, mode, from, recipient: [address, kind], helo }) => {
      const judge = judgeWith(accept ? [{ list: 'friends', entry: '203.0.113.7/32', action: 'accept', reason: null }] : [], mode);
      const { verdict } = judge('rcpt', rcptInput({ from: from === null ? null : mailboxOf(from), to: mailboxOf(address), helo })) as Judgement; // as above
      assert.equal(isRefusal(verdict), kind !== 'ours');
    }),
  );
});

const literals: readonly [literal: string, expected: string][] = [
  ['[192.0.2.1]', '192.0.2.1'],
  ['[IPv6:2001:DB8::1]', '2001:db8::1'],
  ['[ipv6:::ffff:192.0.2.1]', '192.0.2.1'],
  ['[not an address]', ''],
];
for (const [literal, expected] of literals) test(`${literal} is the address "${expected}"`, () => assert.equal(addressOfLiteral(literal), expected));
