import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf, contentOf, insider, mailInput, messageInput } from '../../../test/harness/policy-inputs.ts';
import { messageTooBig } from './message-too-big.ts';

const options = messageTooBig.options(configOf({ limits: { message: '1 MiB' } }));
const MiB = 1024 * 1024;

const cases: readonly [said: number | null, expected: 'clean' | 'finding', why: string][] = [
  [null, 'clean', 'no SIZE: the end of the content will tell'],
  [MiB, 'clean', 'the limit itself is allowed'],
  [MiB + 1, 'finding', 'refused before the content travels'],
];
for (const [size, expected, why] of cases) {
  test(`SIZE=${size} is ${expected}: ${why}`, () => {
    const input = mailInput({ parameters: { size, body: null, smtputf8: false, auth: null } });
    assert.equal(messageTooBig.run(input, {}, options, 'mail').kind, expected);
  });
}

test('a client that announced less than it sent is found out at the end', () => {
  assert.equal(messageTooBig.run(messageInput({ content: contentOf({ bytes: MiB + 1 }) }), {}, options, 'message').kind, 'finding');
  assert.equal(messageTooBig.run(messageInput({ content: contentOf({ bytes: MiB }) }), {}, options, 'message').kind, 'clean');
});

test('what our hub forwards may be larger by what it wrote above it: refused, it would be bounced to a stranger', () => {
  const forwarded = (bytes: number): string => messageTooBig.run(messageInput({ client: insider, content: contentOf({ bytes }) }), {}, options, 'message').kind;
  assert.deepEqual([forwarded(2 * MiB), forwarded(2 * MiB + 1)], ['clean', 'finding']);
});
