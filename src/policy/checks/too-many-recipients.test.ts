import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, conductOf, configOf, insider, mailboxOf, rcptInput } from '../../../test/harness/policy-inputs.ts';
import { tooManyRecipients } from './too-many-recipients.ts';

const limits = { recipientsPerMessage: 10, outsideRecipientsPerMessage: 3, recipientsPerSession: 20, outsideRecipientsPerSession: 6 };
const options = tooManyRecipients.options(configOf({ limits }));

const cases: readonly [who: 'stranger' | 'insider' | 'user', inMessage: number, inSession: number, expected: 'clean' | 'finding', why: string][] = [
  ['stranger', 2, 2, 'clean', 'the third of three'],
  ['stranger', 3, 3, 'finding', 'the fourth of three'],
  ['insider', 3, 3, 'clean', 'insiders may name more'],
  ['user', 3, 3, 'clean', 'so may authenticated users'],
  ['insider', 10, 10, 'finding', 'but not without end'],
  ['stranger', 0, 6, 'finding', 'many small messages do not get round the limit of a session'],
  ['stranger', 0, 5, 'clean', 'below it'],
  ['insider', 0, 20, 'finding', 'a session of the house has a limit too'],
];

for (const [who, inMessage, inSession, expected, why] of cases) {
  test(`${who}, ${inMessage} in the message, ${inSession} in the session: ${why}`, () => {
    const input = rcptInput({
      client: who === 'insider' ? insider : clientOf(),
      user: who === 'user' ? 'anna' : null,
      accepted: Array.from({ length: inMessage }, (_, index) => mailboxOf(`u${index}@example.org`)),
      conduct: conductOf({ recipients: inSession }),
    });
    assert.equal(tooManyRecipients.run(input, {}, options, 'rcpt').kind, expected);
  });
}
