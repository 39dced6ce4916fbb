import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rcptInput } from '../../../test/harness/policy-inputs.ts';
import { reply } from '../../model/reply.ts';
import { known, unknown, type Facts } from '../facts.ts';
import { unknownRecipient } from './unknown-recipient.ts';

const cases: readonly [fact: Facts['recipient'], expected: 'clean' | 'finding' | 'unsure', why: string][] = [
  [known({ kind: 'exists' }), 'clean', 'the hub takes it'],
  [known({ kind: 'not-verified' }), 'clean', 'nobody is asked on this route'],
  [known({ kind: 'refused', hubReply: reply(550, '5.1.1', 'no such user') }), 'finding', 'the hub refuses it'],
  [unknown('hub away'), 'unsure', 'a hub that is away has refused nobody, nor accepted'],
];

for (const [recipient, expected, why] of cases) {
  test(`${expected}: ${why}`, () => assert.equal(unknownRecipient.run(rcptInput(), { recipient }, undefined, 'rcpt').kind, expected));
}

test("the hub's own words go along, so that the sender reads what the mail server of the mailbox says", () => {
  const hubReply = reply(552, '5.2.2', 'mailbox full');
  const outcome = unknownRecipient.run(rcptInput(), { recipient: known({ kind: 'refused', hubReply }) }, undefined, 'rcpt');
  assert.deepEqual(outcome.kind === 'finding' && outcome.hubReply, hubReply);
});
test('a recipient that the hub only puts off is put off, not refused', () => {
  const outcome = unknownRecipient.run(rcptInput(), { recipient: known({ kind: 'refused', hubReply: reply(452, '4.2.2', 'over quota') }) }, undefined, 'rcpt');
  assert.equal(outcome.kind === 'finding' && outcome.action, 'defer');
});
