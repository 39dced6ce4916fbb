import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, configOf, mailboxOf, mailInput, rcptInput } from '../../../test/harness/policy-inputs.ts';
import { relayNotAllowed } from './relay-not-allowed.ts';

const options = relayNotAllowed.options(configOf());

const cases: readonly [to: string, expected: 'clean' | 'finding', why: string][] = [
  ['user@example.org', 'clean', 'ours'],
  ['user@customer.example', 'clean', "a customer's"],
  ['user@world.example', 'finding', 'not ours'],
  ['user@sub.example.org', 'finding', 'a domain below ours is another domain'],
  ['user@notexample.org', 'finding', 'a suffix is not a match'],
  ['postmaster', 'clean', 'RFC 5321 4.5.1: without a domain it is ours'],
  ['PostMaster', 'clean', 'in any case'],
  ['postmaster@[198.51.100.1]', 'clean', 'our literal reaches postmaster'],
  ['user@[198.51.100.1]', 'finding', 'and nobody else'],
  ['user@[IPv6:::ffff:198.51.100.1]', 'finding', 'in no spelling'],
  ['postmaster@[203.0.113.9]', 'finding', "another machine's literal is outside"],
];
for (const [to, expected, why] of cases) {
  test(`a stranger to ${to} is ${expected}: ${why}`, () =>
    assert.equal(relayNotAllowed.run(rcptInput({ to: mailboxOf(to) }), {}, options, 'rcpt').kind, expected));
}

test('the literal of the address the client reached is ours, whatever the listener is bound to', () => {
  const client = clientOf({ localIp: '198.51.100.77' });
  const run = (to: string) => relayNotAllowed.run(rcptInput({ client, to: mailboxOf(to) }), {}, options, 'rcpt').kind;
  assert.deepEqual(['postmaster@[198.51.100.77]', 'postmaster@[198.51.100.1]', 'user@[198.51.100.77]'].map(run), ['clean', 'clean', 'finding']);
});

const senders: readonly (string | null)[] = [null, 'chef@example.org', 'postmaster@customer.example', 'a@world.example'];
for (const from of senders) {
  test(`the sender <${from ?? ''}> grants nothing, and is no reason to refuse either`, () => {
    const sender = from === null ? null : mailboxOf(from);
    assert.equal(relayNotAllowed.run(rcptInput({ from: sender, to: mailboxOf('user@world.example') }), {}, options, 'rcpt').kind, 'finding');
    assert.equal(relayNotAllowed.run(rcptInput({ from: sender }), {}, options, 'rcpt').kind, 'clean');
    assert.equal(relayNotAllowed.run(mailInput({ from: sender }), {}, options, 'mail').kind, 'clean');
  });
}

test('a submission listener refuses MAIL without AUTH, from inside too', () => {
  const submission = clientOf({ role: 'submission', inside: true });
  assert.equal(relayNotAllowed.run(mailInput({ client: submission }), {}, options, 'mail').kind, 'finding');
  assert.equal(relayNotAllowed.run(mailInput({ client: submission, user: 'anna' }), {}, options, 'mail').kind, 'clean');
});
