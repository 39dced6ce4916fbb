import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Evidence } from './evidence.ts';

test('origins are named largest first with what their count may be too high by, and never too low', () => {
  const evidence = new Evidence();
  for (let number = 0; number < 600; number++) evidence.note(number % 3 === 0 ? 'big.example' : `small${number}.example`, `mail.log:${number}`);
  const { origins } = evidence.parts();
  assert.equal(origins.length, 10);
  const [first] = origins;
  assert.ok(first?.origin === 'big.example' && first.est >= 200 && first.est - first.err <= 200);
  assert.equal(evidence.count, 600);
});

test('the sample is at most fifty sources, the last of them the one that was noted last, and the same each time', () => {
  const sampleOf = (): readonly string[] => {
    const evidence = new Evidence(7);
    for (let number = 0; number < 500; number++) evidence.note('a.example', `mail.log:${number}`);
    return evidence.parts().samples;
  };
  assert.equal(sampleOf().length, 50);
  assert.equal(sampleOf().at(-1), 'mail.log:499');
  assert.equal(new Set(sampleOf()).size, 50);
  assert.deepEqual(sampleOf(), sampleOf());
});

test('one origin that nobody could make up is enough not to be spoofable', () => {
  const evidence = new Evidence();
  evidence.note('a.example', 'mail.log:1');
  assert.equal(evidence.spoofable, true);
  evidence.note('b.example', 'mail.log:2', false);
  assert.equal(evidence.spoofable, false);
});
