import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, configOf, contentOf, insider, messageInput } from '../../../test/harness/policy-inputs.ts';
import { mailLoop } from './mail-loop.ts';

const cases: readonly [receivedLines: number, passes: number, expected: 'clean' | 'finding', why: string][] = [
  [2, 0, 'clean', 'an ordinary way'],
  [49, 0, 'clean', 'a long way through lists and forwarders'],
  [50, 0, 'finding', 'the limit is the number at which it is refused'],
  [9, 4, 'clean', 'to a list of ours, to a friend of the list, and back to us'],
  [11, 5, 'finding', 'it comes to us again and again'],
];

for (const [receivedLines, passes, expected, why] of cases) {
  test(`${receivedLines} Received lines, ${passes} of them ours, are ${expected}: ${why}`, () => {
    const input = messageInput({ client: clientOf(), content: contentOf({ receivedLines, passes }) });
    assert.equal(mailLoop.run(input, {}, mailLoop.options(configOf()), 'message').kind, expected);
  });
}

test('what our own hub brings is held: refused, the hub would bounce it to a stranger', () => {
  const actionFrom = (client: ReturnType<typeof clientOf>): unknown => {
    const outcome = mailLoop.run(messageInput({ client, content: contentOf({ receivedLines: 11, passes: 5 }) }), {}, mailLoop.options(configOf()), 'message');
    return outcome.kind === 'finding' && outcome.action;
  };
  assert.equal(actionFrom(insider), 'quarantine');
  assert.equal(actionFrom(clientOf()), undefined);
});
