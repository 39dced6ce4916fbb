import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OriginHint, ReturnedVerdict } from '../model/report-judgement.ts';
import { hintOf, mayChange, weighed } from './report-weights.ts';

const silent: ReturnedVerdict = { returned: 'forged' };
const untold: ReturnedVerdict = { returned: 'unproven', why: 'others-send-for-us' };

for (const [first, origin, attack, expected, why] of [
  [silent, null, false, 'forged', 'the memory is complete and knows nothing'],
  [silent, 'forbidden', false, 'forged', 'and it came from where our mail does not come from'],
  [silent, 'doubted', false, 'forged', 'a doubt says nothing for it'],
  [silent, 'permitted', false, 'unproven', 'mail of ours may have left by a way that nobody named'],
  [silent, 'permitted', true, 'forged', 'a hint is not enough to be accepted in an attack'],
  [untold, null, true, 'unproven', 'an attack alone is no proof against it'],
  [untold, 'forbidden', false, 'unproven', 'a hint alone is no proof against it'],
  [untold, 'forbidden', true, 'forged', 'both together are'],
  [untold, 'doubted', true, 'unproven', 'a softfail is the site’s own doubt'],
  [untold, 'permitted', true, 'unproven', ''],
  [{ returned: 'unproven', why: 'not-seen-leaving' }, 'forbidden', true, 'unproven', 'a forwarder’s address is none of ours, and the mail may be'],
  [{ returned: 'unproven', why: 'memory-too-young' }, 'forbidden', true, 'unproven', 'as long as we have not seen what leaves'],
  [{ returned: 'ours', proof: 'trace' }, 'forbidden', true, 'ours', 'proofs are not weighed'],
] as const satisfies readonly (readonly [ReturnedVerdict, OriginHint | null, boolean, string, string])[])
  test(`${first.returned}, origin ${origin ?? 'not told'}, ${attack ? 'attack' : 'peace'}: ${expected} ${why}`, () =>
    assert.equal(weighed(first, { origin, attack }).returned, expected));

test('what cannot be told keeps its reason, what a hint saved names the hint', () => {
  assert.deepEqual(weighed(untold, { origin: 'doubted', attack: false }), untold);
  assert.deepEqual(weighed(silent, { origin: 'permitted', attack: false }), { returned: 'unproven', why: 'origin-permitted' });
});

test('DNS is not asked where no answer could change the verdict', () => {
  for (const first of [silent, untold] as const)
    for (const attack of [true, false]) {
      const verdicts = new Set(([null, 'permitted', 'doubted', 'forbidden'] as const).map((origin) => weighed(first, { origin, attack }).returned));
      if (verdicts.size > 1) assert.equal(mayChange(first, attack), true);
    }
  assert.equal(mayChange(silent, true), false);
  assert.equal(mayChange({ returned: 'unproven', why: 'not-seen-leaving' }, true), false);
});

test('only three results of SPF say anything', () =>
  assert.deepEqual(['pass', 'softfail', 'fail', 'neutral', 'none', 'temperror', 'permerror'].map(hintOf), [
    'permitted',
    'doubted',
    'forbidden',
    null,
    null,
    null,
    null,
  ]));
