import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf, mailboxOf, rcptInput } from '../../../test/harness/policy-inputs.ts';
import { sinkCheck } from '../treatment.ts';
import { sinkRecipient } from './sink-recipient.ts';

const run = (to: string, traps: object) => sinkRecipient.run(rcptInput({ to: mailboxOf(to) }), {}, sinkRecipient.options(configOf({ traps })), 'rcpt');

test('mail to a sink is kept as a sample', () => {
  const outcome = run('Made.Up@example.org', { sinks: ['made.up@example.org'] });
  assert.ok(outcome.kind === 'finding' && outcome.action === 'quarantine');
});
test('without a sample it is thrown away', () => {
  const outcome = run('made.up@example.org', { sinks: ['made.up@example.org'], maxSample: 0 });
  assert.ok(outcome.kind === 'finding' && outcome.action === 'discard');
});
test('a real address is no sink', () => assert.equal(run('anna@example.org', { sinks: ['made.up@example.org'] }).kind, 'clean'));
test('without sinks nothing is looked up', () => assert.equal(run('made.up@example.org', {}).kind, 'clean'));

test('recipients are told apart by its name', () => assert.equal(sinkRecipient.id, sinkCheck));
