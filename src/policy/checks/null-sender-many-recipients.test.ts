import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, insider, mailboxOf, rcptInput } from '../../../test/harness/policy-inputs.ts';
import { nullSenderManyRecipients } from './null-sender-many-recipients.ts';

const cases: readonly [from: string | null, accepted: number, who: 'stranger' | 'insider', expected: 'clean' | 'finding', why: string][] = [
  [null, 0, 'stranger', 'clean', 'every notification has a first recipient'],
  [null, 1, 'stranger', 'finding', 'a notification goes to one'],
  ['list@sender.example', 5, 'stranger', 'clean', 'ordinary mail goes to many'],
  [null, 1, 'insider', 'clean', 'the hub may tell several of its own at once'],
];

for (const [from, accepted, who, expected, why] of cases) {
  test(`from <${from ?? ''}>, ${accepted} accepted, ${who}: ${why}`, () => {
    const input = rcptInput({
      from: from === null ? null : mailboxOf(from),
      accepted: Array.from({ length: accepted }, () => mailboxOf('a@example.org')),
      client: who === 'insider' ? insider : clientOf(),
    });
    assert.equal(nullSenderManyRecipients.run(input, {}, undefined, 'rcpt').kind, expected);
  });
}
