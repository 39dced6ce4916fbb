import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playbookProblems } from './playbook-settings.ts';

test('a setting that would do nothing is told, with what would be right', () => {
  const [wrong, strange, ...rest] = playbookProblems({ 'relay-attempt': 'off', 'hub-distress': { carryOut: true }, 'relay-attempts': 'off' });
  assert.deepEqual(wrong, {
    path: 'playbook.relay-attempt',
    message: 'relay-attempt is no detector to which there is an answer',
    hint: 'did you mean relay-attempts?',
  });
  assert.equal(strange?.path, 'playbook.hub-distress');
  assert.match(strange?.hint ?? '', /there are answers to subscription-bomb, /);
  assert.deepEqual(rest, []);
});
