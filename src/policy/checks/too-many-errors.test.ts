import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conductOf, configOf, mailInput } from '../../../test/harness/policy-inputs.ts';
import { tooManyErrors } from './too-many-errors.ts';

const options = tooManyErrors.options(configOf({ limits: { errors: 5 } }));

const cases: readonly [count: number, expected: 'clean' | 'finding', why: string][] = [
  [0, 'clean', 'an honest session'],
  [4, 'clean', 'below the limit'],
  [5, 'finding', 'the limit closes the session'],
];

for (const [count, expected, why] of cases) {
  test(`${count} is ${expected}: ${why}`, () => {
    assert.equal(tooManyErrors.run(mailInput({ conduct: conductOf({ errors: count }) }), {}, options, 'mail').kind, expected);
  });
}
