import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, conductOf, connectInput, insider } from '../../../test/harness/policy-inputs.ts';
import { earlyTalker } from './early-talker.ts';

const cases: readonly [conduct: 'patient' | 'before-banner' | 'pipelined', who: 'stranger' | 'insider', expected: 'clean' | 'finding', why: string][] = [
  ['patient', 'stranger', 'clean', 'waits for its turn'],
  ['before-banner', 'stranger', 'finding', 'a program that does not listen'],
  ['pipelined', 'stranger', 'finding', 'it cannot know yet that pipelining is offered'],
  ['before-banner', 'insider', 'clean', 'scripts of the house are often impatient'],
];

for (const [conduct, who, expected, why] of cases) {
  test(`${conduct}, ${who}: ${why}`, () => {
    const input = connectInput({
      client: who === 'insider' ? insider : clientOf(),
      conduct: conductOf({ talkedBeforeBanner: conduct === 'before-banner', pipelinedTooEarly: conduct === 'pipelined' }),
    });
    assert.equal(earlyTalker.run(input, {}, undefined, 'connect').kind, expected);
  });
}
