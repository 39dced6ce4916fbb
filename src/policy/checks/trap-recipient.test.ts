import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, configOf, insider, mailboxOf, rcptInput } from '../../../test/harness/policy-inputs.ts';
import { trapRecipient } from './trap-recipient.ts';

const config = configOf({
  traps: { recipients: ['Old.Sales@example.org'] },
  listeners: [
    { name: 'mx', address: '198.51.100.1:25', role: 'mx' },
    { name: 'honey', address: '198.51.100.2:25', role: 'mx', trap: true },
  ],
});
const options = trapRecipient.options(config);
const from = mailboxOf('x@far.example');

for (const [to, listener, inside, expected, why] of [
  ['old.sales@example.org', 'mx', false, 'finding', 'a trap, however it is written'],
  ['sales@example.org', 'mx', false, 'clean', 'a real address'],
  ['sales@example.org', 'honey', false, 'finding', 'nothing is taken at a honeypot'],
  ['old.sales@example.org', 'mx', true, 'clean', 'our own people may try it'],
] as const)
  test(`${to} at ${listener}: ${expected}, for it is ${why}`, () => {
    const client = inside ? insider : clientOf({ listener });
    assert.equal(trapRecipient.run(rcptInput({ to: mailboxOf(to), from, client }), {}, options, 'rcpt').kind, expected);
  });

test('at a honeypot all are put off, and nobody loses a letter that DNS sent there; a trap stays a trap', () => {
  const actionOf = (to: string, given = options): unknown => {
    const outcome = trapRecipient.run(rcptInput({ to: mailboxOf(to), from, client: clientOf({ listener: 'honey' }) }), {}, given, 'rcpt');
    return outcome.kind === 'finding' ? outcome.action : outcome.kind;
  };
  assert.deepEqual([actionOf('sales@example.org'), actionOf('old.sales@example.org')], ['defer', undefined]);
  const refusing = trapRecipient.options({ ...config, checks: { 'trap-recipient': { action: 'reject' } } });
  assert.equal(actionOf('sales@example.org', refusing), undefined, 'who wants it refused has it refused');
});

test('a bounce to a trap is told apart: its server was lied to as we are', () => {
  const outcome = trapRecipient.run(rcptInput({ to: mailboxOf('old.sales@example.org'), from: null, client: clientOf() }), {}, options, 'rcpt');
  assert.ok(outcome.kind === 'finding' && outcome.evidence['report'] === true);
});

test('without traps nothing is looked up', () =>
  assert.equal(trapRecipient.run(rcptInput({ to: mailboxOf('old.sales@example.org'), from }), {}, trapRecipient.options(configOf()), 'rcpt').kind, 'clean'));
