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

const bringers: readonly (readonly [who: string, client: ReturnType<typeof clientOf>, user: string | null, action: string | undefined])[] = [
  ['a host inside', insider, null, 'quarantine'],
  ['whoever reaches a smarthost listener', clientOf({ role: 'smarthost' }), null, 'quarantine'],
  ['an authenticated user', clientOf({ role: 'submission' }), 'carol', 'quarantine'],
  ['a next hop that is not in site.networks', clientOf({ nextHop: true }), null, 'quarantine'],
  ['a stranger', clientOf(), null, undefined],
];
for (const [who, client, user, expected] of bringers) {
  const done = expected === undefined ? 'refused: his server tells him' : 'held: refused, that server would bounce it to a stranger';
  test(`a loop that ${who} brings is ${done}`, () => {
    const input = messageInput({ client, user, content: contentOf({ receivedLines: 11, passes: 5 }) });
    const outcome = mailLoop.run(input, {}, mailLoop.options(configOf()), 'message');
    assert.equal(outcome.kind === 'finding' && outcome.action, expected);
  });
}
