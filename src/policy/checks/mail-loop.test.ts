import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf, contentOf, messageInput } from '../../../test/harness/policy-inputs.ts';
import { mailLoop } from './mail-loop.ts';

const cases: readonly [receivedLines: number, expected: 'clean' | 'finding', why: string][] = [
  [2, 'clean', 'an ordinary way'],
  [49, 'clean', 'a long way through lists and forwarders'],
  [50, 'finding', 'the limit is the number at which it is refused'],
];

for (const [receivedLines, expected, why] of cases) {
  test(`${receivedLines} Received lines are ${expected}: ${why}`, () => {
    assert.equal(mailLoop.run(messageInput({ content: contentOf({ receivedLines }) }), {}, mailLoop.options(configOf()), 'message').kind, expected);
  });
}
