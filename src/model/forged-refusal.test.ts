import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untoldLines, whyNothingIsRefused, type ForgedRefusal } from './forged-refusal.ts';

const day = (number: number): string => `2026-11-${number}T18:12:00.000Z`;
const cases: readonly [refusal: Partial<ForgedRefusal>, expected: RegExp | null, why: string][] = [
  [{}, null, 'all can be told and is carried out'],
  [{ untold: 'memory-too-young', toldFrom: day(26) }, /before 2026-11-26 18:12 UTC: what leaves is not remembered/, 'the first five days'],
  [{ untold: 'memory-too-young', toldFrom: day(26), observing: { until: day(28) } }, /before 2026-11-28 18:12 UTC: mode observe/, 'the later of the two'],
  [{ untold: 'memory-too-young', toldFrom: day(26), observing: { until: day(22) } }, /before 2026-11-26 18:12 UTC: what leaves/, 'the later of the two'],
  [{ untold: 'memory-too-young' }, /yet: no mail of hub\.example has left/, 'nobody knows from when'],
  [{ untold: 'memory-too-young', toldFrom: day(26), observing: { until: null } }, /REFUSED: mode observe/, 'it has no end'],
  [{ observing: { until: day(28) } }, /before 2026-11-28 18:12 UTC: mode observe/, 'it could be told'],
  [{ untold: 'not-seen-leaving', observing: { until: day(28) } }, /next to no mail of hub\.example leaves through this gateway/, 'waiting does not help'],
];
for (const [refusal, expected, why] of cases)
  test(`${JSON.stringify(refusal)}: ${expected === null ? 'refused' : String(expected)}, ${why}`, () => {
    const told = whyNothingIsRefused({ untold: null, toldFrom: null, observing: null, ...refusal }, 'hub.example');
    if (expected === null) assert.equal(told, null);
    else assert.match(told ?? '', expected);
  });

test('the gateway at a glance names the domains of which bounces cannot be told, by reason, and says nothing where all is well', () => {
  const told = { othersSendForUs: false, told: 3, untold: [], untoldInAll: 0 };
  assert.deepEqual(untoldLines(told), []);
  const lines = untoldLines({
    ...told,
    untold: [
      { domain: 'a.example', untold: 'not-seen-leaving', toldFrom: null },
      { domain: 'b.example', untold: 'memory-too-young', toldFrom: day(26) },
      { domain: 'c.example', untold: 'not-seen-leaving', toldFrom: null },
    ],
    untoldInAll: 5,
  });
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /^forged ones of a\.example, c\.example and of 2 domains more cannot be told and pass: next to no mail/);
  assert.match(lines[1] ?? '', /^forged ones of b\.example cannot be told and pass: .*from 2026-11-26 18:12 UTC on/);
});
