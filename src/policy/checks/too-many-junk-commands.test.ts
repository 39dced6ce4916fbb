import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conductOf, configOf, mailInput } from '../../../test/harness/policy-inputs.ts';
import { tooManyJunkCommands } from './too-many-junk-commands.ts';

const options = tooManyJunkCommands.options(configOf({ limits: { junkCommands: 5 } }));

const cases: readonly [count: number, expected: 'clean' | 'finding', why: string][] = [
  [0, 'clean', 'an honest session'],
  [5, 'clean', 'the limit itself is allowed, as the door counts too'],
  [6, 'finding', 'more of them close the session'],
];

for (const [count, expected, why] of cases) {
  test(`${count} is ${expected}: ${why}`, () => {
    assert.equal(tooManyJunkCommands.run(mailInput({ conduct: conductOf({ junkCommands: count }) }), {}, options, 'mail').kind, expected);
  });
}
