import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf, contentOf, messageInput } from '../../../test/harness/policy-inputs.ts';
import { badLineEnds } from './bad-line-ends.ts';

const cases: readonly [lineEnds: string, bareLineEnds: number, expected: 'clean' | 'observe' | 'configured', why: string][] = [
  ['normalize', 0, 'clean', 'CRLF throughout'],
  ['normalize', 3, 'observe', 'the gateway repairs them, so there is nothing to refuse'],
  ['reject', 0, 'clean', 'CRLF throughout'],
  ['reject', 1, 'configured', 'one is enough for smuggling'],
];

for (const [lineEnds, bareLineEnds, expected, why] of cases) {
  test(`${bareLineEnds} bare line ends under ${lineEnds}: ${why}`, () => {
    const outcome = badLineEnds.run(
      messageInput({ content: contentOf({ bareLineEnds }) }),
      {},
      badLineEnds.options(configOf({ smtp: { lineEnds } })),
      'message',
    );
    assert.equal(outcome.kind === 'finding' ? (outcome.action ?? 'configured') : outcome.kind, expected);
  });
}
