import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailboxOf } from '../../../test/harness/policy-inputs.ts';
import { replies } from '../../policy/replies.ts';
import type { Effect } from './step.ts';
import { withoutTag } from './untagging.ts';

const parameters = { size: null, body: null, smtputf8: false, auth: null };
const first = mailboxOf('bert@hub.example');
const effectTo = (address: string): Extract<Effect, { do: 'judge' }> => {
  const to = mailboxOf(address);
  return {
    do: 'judge',
    stage: 'rcpt',
    next: { at: 'rcpt', helo: 'x', esmtp: true, promised: { dsn: false, requireTls: false }, from: null, parameters, to: [first, to] },
    ok: replies.recipientOk,
    to,
  };
};
const anna = mailboxOf('anna@hub.example');
const desk = { untagged: (to: typeof anna) => (to.localPart.startsWith('prvs=') ? { ...anna, tagged: true as const } : null) };

test('the mailbox behind the tag takes its place among the recipients', () => {
  const { to, next } = withoutTag(effectTo('prvs=1785abcdef=anna@hub.example'), desk);
  assert.deepEqual(to, { ...anna, tagged: true });
  assert.ok(next.at === 'rcpt');
  assert.deepEqual(next.to, [first, { ...anna, tagged: true }]);
});

test('any other recipient is left alone', () => {
  const effect = effectTo('anna@hub.example');
  assert.equal(withoutTag(effect, desk), effect);
});
